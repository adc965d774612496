// masto.js, as Elk and Phanpy use it: node masto.mjs ADDRESS TOKEN-OF-ALICE TOKEN-OF-BODIL PICTURE TOKEN-OF-CHIDI
// Every method that it has is called, here, in masto_day.mjs and in masto_streams.mjs, or stands in masto_left_out.txt.
import {readFile} from 'node:fs/promises'
import {createOAuthAPIClient, createRestAPIClient} from 'masto'
import {restOfTheDay} from './masto_day.mjs'
import {allCalled, noted} from './masto_methods.mjs'
import {streams} from './masto_streams.mjs'
import {check, end, pause, refused} from './told.mjs'

const [url, aliceToken, bodilToken, picture, chidiToken] = process.argv.slice(2)
const signedIn = (accessToken) => noted(createRestAPIClient({url, accessToken}))
const [alice, bodil, chidi, anybody] = [aliceToken, bodilToken, chidiToken, undefined].map(signedIn)
const oauth = noted(createOAuthAPIClient({url}), ['oauth'])
const SOON = 10_000

const instance = await check('the server says where its streams are', async () => {
  const instance = await anybody.v2.instance.fetch()
  return instance.configuration.urls.streaming.startsWith('ws') && instance
})
const me = await check('a token is its member', async () => {
  const me = await alice.v1.accounts.verifyCredentials()
  return me.username === 'alice' && me
})
const [her, him] = [await bodil.v1.accounts.verifyCredentials(), await chidi.v1.accounts.verifyCredentials()]
const file = new Blob([await readFile(picture)], {type: 'image/png'})
const town = {url, alice, bodil, chidi, anybody, oauth, signedIn, me, her, him, file}

// ---- Posts ----

const headers = {requestInit: {headers: {'Idempotency-Key': `once-${Date.now()}`}}}
const post = await check('a post', () => alice.v1.statuses.create({status: 'Fresh bread #bakery', visibility: 'public', language: 'en'}, headers))
await check('… is posted once', async () => (await alice.v1.statuses.create({status: 'Fresh bread #bakery'}, headers)).id === post.id)
const answer = await check('an answer', () => bodil.v1.statuses.create({status: '@alice keep me one', inReplyToId: post.id}))
await check('… stands under it', async () => (await anybody.v1.statuses.$select(post.id).context.fetch()).descendants[0].id === answer.id)
await check('a change shows what was before', async () => {
  await alice.v1.statuses.$select(post.id).update({status: 'Warm bread #bakery'})
  return (await bodil.v1.statuses.$select(post.id).history.list()).length === 2
})
await check('… and its source', async () => (await alice.v1.statuses.$select(post.id).source.fetch()).text === 'Warm bread #bakery')
await check('a favour and a boost', async () => {
  await bodil.v1.statuses.$select(post.id).favourite()
  await bodil.v1.statuses.$select(post.id).reblog()
  const counted = await alice.v1.statuses.$select(post.id).fetch()
  return counted.favouritesCount === 1 && counted.reblogsCount === 1
})
await check('a bookmark is found', async () => {
  await bodil.v1.statuses.$select(post.id).bookmark()
  return (await bodil.v1.bookmarks.list())[0].id === post.id
})
await check('a favour is found', async () => (await bodil.v1.favourites.list())[0].id === post.id)
await check('a pin is found', async () => {
  await alice.v1.statuses.$select(post.id).pin()
  return (await anybody.v1.accounts.$select(me.id).statuses.list({pinned: true}))[0].id === post.id
})
const quote = await check('a quote shows what it quotes', async () => {
  const quotable = await alice.v1.statuses.create({status: 'Quote this', quoteApprovalPolicy: 'public'})
  const quote = await bodil.v1.statuses.create({status: 'So she says', quotedStatusId: quotable.id})
  return quote.quote.state === 'accepted' && quote.quote.quotedStatus.id === quotable.id && quote
})
await check('… also read again', async () => (await alice.v1.statuses.$select(quote.id).fetch()).quote.quotedStatus.content.includes('Quote this'))
await check('what is private is not there for others', async () => {
  const secret = await alice.v1.statuses.create({status: 'For those who follow', visibility: 'private'})
  return refused(() => anybody.v1.statuses.$select(secret.id).fetch())
})
await check('a post for later waits', async () => {
  const later = await alice.v1.statuses.create({status: 'Rolls', scheduledAt: new Date(Date.now() + 3_600_000).toISOString()})
  return (await alice.v1.scheduledStatuses.list()).some((one) => one.id === later.id)
})

// ---- Media and polls ----

const image = await check('a picture is taken in', async () => {
  const image = await alice.v2.media.create({file, description: 'A loaf'})
  return image.url && image.description === 'A loaf' && image
})
await check('… and shown in a post', async () => {
  const shown = await alice.v1.statuses.create({status: 'Look', mediaIds: [image.id]})
  return (await bodil.v1.statuses.$select(shown.id).fetch()).mediaAttachments[0].id === image.id
})
await check('a portrait is changed', async () => (await alice.v1.accounts.updateCredentials({avatar: file, displayName: 'Alice the baker'})).avatar !== me.avatar)
await check('a profile is described', async () => {
  const changed = await alice.v1.accounts.updateCredentials({note: 'Bread', fieldsAttributes: [{name: 'Shop', value: 'Quay 3'}]})
  return changed.source.note === 'Bread' && changed.fields[0].name === 'Shop'
})
await check('a poll is voted in', async () => {
  const asked = await alice.v1.statuses.create({status: 'Rye?', poll: {options: ['Yes', 'No'], expiresIn: 3600}})
  const voted = await bodil.v1.polls.$select(asked.poll.id).votes.create({choices: [0]})
  return voted.voted && voted.ownVotes[0] === 0 && voted.options[0].votesCount === 1
})

// ---- People ----

await check('somebody is followed', async () => (await alice.v1.accounts.$select(her.id).follow()).following)
await check('… and known as that', async () => {
  const [bond] = await alice.v1.accounts.relationships.fetch({id: [her.id]})
  return bond.id === her.id && bond.following && !bond.followedBy
})
await check('… and listed for members', async () => (await bodil.v1.accounts.$select(her.id).followers.list())[0].id === me.id)
await check('… and known to friends, or nobody', async () => (await bodil.v1.accounts.familiarFollowers.fetch({id: [me.id]}))[0].id === me.id)
await check('a mute and its end', async () => {
  const muted = await alice.v1.accounts.$select(her.id).mute({duration: 60})
  const listed = (await alice.v1.mutes.list()).map((one) => one.id)
  return muted.muting && listed.includes(her.id) && !(await alice.v1.accounts.$select(her.id).unmute()).muting
})
await check('a note about somebody', async () => (await alice.v1.accounts.$select(her.id).note.create({comment: 'likes rye'})).note === 'likes rye')
await check('somebody is looked up', async () => (await anybody.v1.accounts.lookup({acct: 'bodil'})).id === her.id)
await check('somebody is searched for', async () => (await alice.v2.search.list({q: 'bodil', type: 'accounts'})).accounts[0].id === her.id)
await check('posts are searched for, and operators leave some out', async () => {
  const mine = await alice.v1.statuses.create({status: 'Sourdough at noon'})
  const hers = await bodil.v1.statuses.create({status: 'Sourdough, please'})
  await alice.v1.statuses.$select(hers.id).bookmark() // found is what one has part in
  const asked = await alice.v1.statuses.create({status: 'Sourdough again?', poll: {options: ['Yes', 'No'], expiresIn: 3600}})
  const day = Date.parse(mine.createdAt.slice(0, 10))
  const on = (days) => new Date(day + days * 86_400_000).toISOString().slice(0, 10)
  const wanted = [
    ['', [mine, hers, asked]],
    ['from:bodil', [hers]],
    ['from:me', [mine, asked]],
    ['has:poll', [asked]],
    [`before:${on(1)} from:me -has:poll`, [mine]],
    [`before:${on(0)}`, []],
    [`after:${on(-1)} from:me -has:poll`, [mine]],
    [`after:${on(1)}`, []],
  ]
  for (const [operators, posts] of wanted) {
    const {statuses} = await alice.v2.search.list({q: `sourdough ${operators}`, type: 'statuses'})
    const [came, due] = [statuses, posts].map((list) => list.map((one) => one.id).sort().join())
    if (came !== due) throw new Error(`sourdough ${operators} finds ${came || 'nothing'}, not ${due || 'nothing'}`)
  }
  return true
})
await check('a list has what its people write', async () => {
  const list = await alice.v1.lists.create({title: 'Customers'})
  await alice.v1.lists.$select(list.id).accounts.create({accountIds: [her.id]})
  const order = await bodil.v1.statuses.create({status: 'Two loaves'})
  await pause(500)
  const read = await alice.v1.timelines.list.$select(list.id).list()
  await alice.v1.lists.$select(list.id).accounts.remove({accountIds: [her.id]})
  await alice.v1.lists.$select(list.id).remove()
  return read.some((one) => one.id === order.id)
})
await check('a tag is followed', async () => (await alice.v1.tags.$select('bakery').follow()).following)
await check('… and listed', async () => (await alice.v1.followedTags.list())[0].name === 'bakery')

// ---- What a web client asks when it starts ----

await check('preferences are read', async () => (await alice.v1.preferences.fetch())['posting:default:visibility'] === 'public')
await check('markers are kept', async () => {
  await alice.v1.markers.create({home: {lastReadId: post.id}})
  return (await alice.v1.markers.fetch({timeline: ['home']})).home.lastReadId === post.id
})
await check('emojis, announcements and trends are lists', async () => {
  const lists = [alice.v1.customEmojis.list(), alice.v1.announcements.list(), anybody.v1.trends.tags.list(), anybody.v1.trends.statuses.list(), anybody.v1.trends.links.list()]
  return (await Promise.all(lists)).every(Array.isArray)
})
await check('a filter folds what it names', async () => {
  const filter = await alice.v2.filters.create({title: 'No cake', context: ['home'], filterAction: 'warn', keywordsAttributes: [{keyword: 'cake'}]})
  const cake = await bodil.v1.statuses.create({status: 'What about cake'})
  const [match] = (await alice.v1.statuses.$select(cake.id).fetch()).filtered
  await alice.v2.filters.$select(filter.id).remove()
  return match.filter.title === 'No cake'
})
await check('a server is blocked, and no longer', async () => {
  await alice.v1.domainBlocks.create({domain: 'stale.example'})
  const during = await alice.v1.domainBlocks.list()
  await alice.v1.domainBlocks.remove({domain: 'stale.example'})
  return during.includes('stale.example') && (await alice.v1.domainBlocks.list()).length === 0
})
await check('home is read in pages', async () => {
  const seen = []
  for await (const page of alice.v1.timelines.home.list({limit: 2})) {
    seen.push(...page.map((one) => one.id))
    if (seen.length >= 5) break
  }
  return new Set(seen).size === seen.length && seen.length >= 5
})
await check('notifications are read', async () => (await alice.v1.notifications.list({types: ['mention']}))[0].status.id === answer.id, SOON)
await check('… in groups', async () => (await alice.v2.notifications.list({groupedTypes: ['favourite']})).notificationGroups.some((group) => group.type === 'favourite' && group.statusId === post.id))
await check('… by a policy', async () => (await alice.v2.notifications.policy.fetch()).forNotFollowing === 'accept')
await check('conversations are read', async () => {
  const word = await bodil.v1.statuses.create({status: '@alice the oven smokes', visibility: 'direct'})
  return (await alice.v1.conversations.list())[0].lastStatus.id === word.id
})
await check('a phone subscribes to pushes', async () => {
  const keys = {p256dh: 'BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8', auth: 'eH_C8rq2raXqlcBVDa1gLg'}
  await alice.v1.push.subscription.create({subscription: {endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/1', keys}, data: {alerts: {mention: true}}})
  await alice.v1.push.subscription.update({data: {alerts: {mention: true, follow: true}, policy: 'followed'}})
  const kept = await alice.v1.push.subscription.fetch()
  await alice.v1.push.subscription.remove()
  return kept.endpoint === 'https://updates.push.services.mozilla.com/wpush/v2/1' && kept.alerts.mention && kept.alerts.follow && kept.policy === 'followed'
})

// ---- What else a day brings ----

await streams(town, instance.configuration.urls.streaming, aliceToken)
await restOfTheDay(town)

await check('a deleted post is gone', async () => {
  await alice.v1.statuses.$select(post.id).remove()
  return refused(() => bodil.v1.statuses.$select(post.id).fetch())
})
await allCalled()
end()
