// What comes by itself, with masto.js: every stream that it can ask for, over one socket.
import {createStreamingAPIClient} from 'masto'
import {noted} from './masto_methods.mjs'
import {check, pause} from './told.mjs'

const SOON = 10_000

/** Listens as Alice while Bodil writes. `at` is where the server says that its streams are. */
export async function streams({alice, bodil, her, file}, at, accessToken) {
  const client = noted(createStreamingAPIClient({streamingApiUrl: at, accessToken, implementation: WebSocket}), ['streaming'])
  const list = await alice.v1.lists.create({title: 'Heard'})
  await alice.v1.lists.$select(list.id).accounts.create({accountIds: [her.id]})
  const subscribed = {
    user: client.user.subscribe(),
    'user:notification': client.user.notification.subscribe(),
    hashtag: client.hashtag.subscribe({tag: 'crumbs'}),
    'hashtag:local': client.hashtag.local.subscribe({tag: 'crumbs'}),
    list: client.list.subscribe({list: list.id}),
    direct: client.direct.subscribe(),
    public: client.public.subscribe(),
    'public:local': client.public.local.subscribe(),
    'public:remote': client.public.remote.subscribe(),
    'public:media': client.public.media.subscribe(),
    'public:local:media': client.public.local.media.subscribe(),
    'public:remote:media': client.public.remote.media.subscribe(),
  }
  const heard = Object.fromEntries(Object.keys(subscribed).map((name) => [name, []]))
  const broken = []
  await check('a socket for streams opens', () => client.prepare().then(() => true))
  for (const [name, subscription] of Object.entries(subscribed)) listen(name, subscription)
  await pause(1500)

  async function listen(name, subscription) {
    try {
      for await (const event of subscription) heard[name].push(event)
    } catch (error) {
      broken.push(`${name}: ${error}`)
    }
  }
  const came = (name, kind, id) => heard[name].some((one) => one.event === kind && (one.payload?.id ?? one.payload) === id)
  const brings = (sentence, kind, id, ...names) => check(sentence, () => names.every((name) => came(name, kind, id)), SOON)

  const call = await bodil.v1.statuses.create({status: '@alice open up'})
  const called = (name) => heard[name].some((one) => one.event === 'notification' && one.payload.status.id === call.id)
  await check('a stream brings a notification', () => called('user') && called('user:notification'), SOON)
  await check('… and one of notifications brings nothing else', () => heard['user:notification'].every((one) => one.event === 'notification'))
  const crumbs = await bodil.v1.statuses.create({status: 'Found #crumbs'})
  await brings('… and what a tag carries', 'update', crumbs.id, 'hashtag', 'hashtag:local')
  await brings('… and what people on a list write', 'update', crumbs.id, 'list')
  await brings('… and what everybody may read', 'update', crumbs.id, 'public', 'public:local')
  const image = await bodil.v2.media.create({file, description: 'Crumbs'})
  const shown = await bodil.v1.statuses.create({status: 'Look here', mediaIds: [image.id]})
  await brings('… and pictures alone', 'update', shown.id, 'public:media', 'public:local:media')
  await check('… without what has none', () => !came('public:media', 'update', crumbs.id) && !came('public:local:media', 'update', crumbs.id))
  await bodil.v1.statuses.$select(crumbs.id).update({status: 'Found more #crumbs'})
  await brings('… and what was changed', 'status.update', crumbs.id, 'user', 'public', 'hashtag')
  const word = await bodil.v1.statuses.create({status: '@alice the key is under the mat', visibility: 'direct'})
  await check('… and what is said in private', () => heard.direct.some((one) => one.event === 'conversation' && one.payload.lastStatus.id === word.id), SOON)
  await check('… to nobody else', () => [...heard.public, ...heard['public:local'], ...heard.list].every((one) => one.payload?.id !== word.id))
  const filter = await alice.v2.filters.create({title: 'Mats', context: ['home'], keywordsAttributes: [{keyword: 'mat'}]})
  await check('… and that a filter is another', () => heard.user.some((one) => one.event === 'filters_changed'), SOON)
  await alice.v2.filters.$select(filter.id).remove()
  await bodil.v1.statuses.$select(call.id).remove()
  await brings('… and what is gone', 'delete', call.id, 'user')
  // That something is gone is told by every stream that could have had it.
  await check('what is from elsewhere has nothing of here', () => [...heard['public:remote'], ...heard['public:remote:media']].every((one) => one.event === 'delete'))
  await check('no stream broke off', () => {
    if (broken.length > 0) throw new Error(broken.join(', '))
    return true
  })
  client.close()
  await alice.v1.lists.$select(list.id).remove()
}
