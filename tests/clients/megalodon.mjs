// megalodon, of which Whalebird is made: node megalodon.mjs ADDRESS TOKEN-OF-ALICE TOKEN-OF-BODIL PICTURE
import {createReadStream} from 'node:fs'
import {createRequire} from 'node:module'
import {check, end, pause, refused} from './told.mjs'

const {default: client, detector} = createRequire(import.meta.url)('megalodon')
const [url, aliceToken, bodilToken, picture] = process.argv.slice(2)
const alice = client('mastodon', url, aliceToken)
const bodil = client('mastodon', url, bodilToken)
const anybody = client('mastodon', url)
const SOON = 10_000

// Whalebird asks this before anything else, so nobody signs in with it here. Only a fork of Mastodon may say that it is one.
await check('NodeInfo is read, in which it does not know our name', async () => {
  const error = await detector(url).catch((error) => error)
  return error.message === 'Unknown SNS'
})
await check('an app registers and is told where to sign in', async () => {
  const app = await anybody.registerApp('Whale', {scopes: ['read', 'write', 'follow']})
  if (!app.url.startsWith(`${url}/oauth/authorize`)) throw new Error(`sent to ${app.url}`)
  return app.client_id && app.client_secret
})
const instance = await check('the server describes itself', async () => (await anybody.getInstance()).data)
await check('… and how many are in it', () => instance.stats.user_count === 3)
const me = await check('a token is its member', async () => {
  const {data} = await alice.verifyAccountCredentials()
  return data.username === 'alice' && data
})
const her = (await bodil.verifyAccountCredentials()).data

const post = await check('a post with a warning', async () => {
  const {data} = await alice.postStatus('It is the whale', {visibility: 'unlisted', spoiler_text: 'the ending', language: 'en'})
  return data.spoiler_text === 'the ending' && data.visibility === 'unlisted' && data
})
const answer = await check('an answer', async () => (await bodil.postStatus('@alice no', {in_reply_to_id: post.id})).data)
await check('… stands under it', async () => (await anybody.getStatusContext(post.id)).data.descendants[0].id === answer.id)
await check('a change', async () => (await alice.editStatus(post.id, {status: 'It is the captain'})).data.content.includes('captain'))
await check('a favour, a boost and their ends', async () => {
  const done = [await bodil.favouriteStatus(post.id), await bodil.reblogStatus(post.id)].every((one) => one.status === 200)
    && (await bodil.getFavourites()).data[0].id === post.id
  await bodil.unfavouriteStatus(post.id)
  await bodil.unreblogStatus(post.id)
  const {data} = await alice.getStatus(post.id)
  return done && data.favourites_count === 0 && data.reblogs_count === 0
})
await check('a bookmark', async () => (await bodil.bookmarkStatus(post.id)).data.bookmarked && (await bodil.getBookmarks()).data[0].id === post.id)
await check('a pin', async () => (await alice.pinStatus(post.id)).data.pinned)
await check('who asks to follow is let in', async () => {
  await alice.updateCredentials({locked: true})
  const asked = (await bodil.followAccount(me.id)).data
  const waiting = (await alice.getFollowRequests()).data
  const admitted = (await alice.acceptFollowRequest(her.id)).data
  await alice.updateCredentials({locked: false})
  return asked.requested && !asked.following && waiting[0].id === her.id && admitted.followed_by
})
await check('… and stands among the followers', async () => (await alice.getAccountFollowers(me.id)).data[0].id === her.id)
await check('somebody is followed', async () => (await alice.followAccount(her.id)).data.following)
await check('… and unfollowed', async () => !(await alice.unfollowAccount(her.id)).data.following)
await check('… and again', async () => (await alice.followAccount(her.id)).data.following)
await check('home has what friends write', async () => {
  const news = (await bodil.postStatus('A sail')).data
  return (await alice.getHomeTimeline({limit: 3})).data.some((one) => one.id === news.id)
})
await check('the community has what is public', async () => (await anybody.getLocalTimeline()).data.some((one) => one.account.id === her.id))
await check('a tag has what carries it', async () => {
  const tagged = (await bodil.postStatus('Thar #blow')).data
  return (await alice.getTagTimeline('blow')).data[0].id === tagged.id
})
await check('notifications are read', async () => (await alice.getNotifications({limit: 10})).data.some((note) => note.type === 'mention' && note.status.id === answer.id), SOON)
await check('somebody is searched for', async () => (await alice.search('bodil', {type: 'accounts'})).data.accounts[0].id === her.id)
await check('a relationship is read', async () => (await alice.getRelationship(her.id)).data.following)
await check('an account has its posts', async () => (await alice.getAccountStatuses(her.id, {limit: 2})).data.length === 2)
await check('a mute', async () => (await alice.muteAccount(her.id, true)).data.muting && !(await alice.unmuteAccount(her.id)).data.muting)
await check('a block', async () => (await alice.blockAccount(her.id)).data.blocking && !(await alice.unblockAccount(her.id)).data.blocking)
const list = await check('a list', async () => {
  const list = (await alice.createList('Crew')).data
  await alice.followAccount(her.id)
  await alice.addAccountsToList(list.id, [her.id])
  return (await alice.getAccountsInList(list.id)).data[0].id === her.id && list
})
const order = (await bodil.postStatus('All hands')).data
await check('… has what its people write', async () => (await alice.getListTimeline(list.id)).data.some((one) => one.id === order.id), SOON)
await check('… and is ended', async () => (await alice.deleteList(list.id)).status === 200 && refused(() => alice.getList(list.id)))
await check('a word in private is a conversation', async () => {
  const word = (await bodil.postStatus('@alice below deck', {visibility: 'direct'})).data
  return (await alice.getConversationTimeline()).data[0].last_status.id === word.id
})
// megalodon knows filters as they were before Mastodon 4.0, each with one phrase; posts come from it without what filters say.
const filter = await check('a phrase is filtered', async () => {
  const {data} = await alice.createFilter('lee shore', ['home', 'public'], {whole_word: true})
  return data.phrase === 'lee shore' && data.whole_word && !data.irreversible && data.expires_at === null && data
})
await check('… and found among the filters', async () => {
  const {data} = await alice.getFilters()
  return data.length === 1 && data[0].id === filter.id && data[0].phrase === 'lee shore'
})
await check('… and by itself', async () => {
  const {data} = await alice.getFilter(filter.id)
  return data.id === filter.id && data.context.join() === 'home,public'
})
await check('… for its member alone', async () => (await bodil.getFilters()).data.length === 0 && refused(() => bodil.getFilter(filter.id)))
await check('… and changed', async () => {
  const changed = (await alice.updateFilter(filter.id, 'doldrums', ['notifications'], {irreversible: true, whole_word: false})).data
  const read = (await alice.getFilter(filter.id)).data
  return [changed, read].every((one) => one.id === filter.id && one.phrase === 'doldrums' && one.context.join() === 'notifications' && one.irreversible && !one.whole_word)
})
await check('… and ended', async () => {
  await alice.deleteFilter(filter.id)
  return (await alice.getFilters()).data.length === 0 && refused(() => alice.getFilter(filter.id))
})
await check('who has no subscription to pushes is told so', () => refused(() => alice.getPushSubscription()))
const endpoint = 'https://updates.push.services.mozilla.com/wpush/v2/1'
const subscription = await check('a phone subscribes to pushes', async () => {
  const keys = {p256dh: 'BEm_a0bdPDhf0SOsrnB2-ategf1hHoCnpXgQsFj5JCkcoMrMt2WHoPfEYOYPzOIs9mZE8ZUaD7VA5vouy0kEkr8', auth: 'eH_C8rq2raXqlcBVDa1gLg'}
  const {data} = await alice.subscribePushNotification({endpoint, keys}, {alerts: {mention: true, follow: false}})
  return data.endpoint === endpoint && data.server_key.length > 80 && data
})
await check('… and finds it', async () => {
  const {data} = await alice.getPushSubscription()
  return data.id === subscription.id && data.endpoint === endpoint && data.alerts.mention && !data.alerts.follow
})
await check('… and asks for other things', async () => {
  const changed = (await alice.updatePushSubscription({alerts: {mention: false, favourite: true}})).data
  const read = (await alice.getPushSubscription()).data
  return [changed, read].every((one) => one.endpoint === endpoint && one.alerts.favourite && !one.alerts.mention)
})
await check('… and ends it', async () => {
  await alice.deletePushSubscription()
  return refused(() => alice.getPushSubscription())
})
await check('a picture is posted', async () => {
  const image = (await alice.uploadMedia(createReadStream(picture), {description: 'A spout'})).data
  const shown = (await alice.postStatus('Look', {media_ids: [image.id]})).data
  return shown.media_attachments[0].description === 'A spout'
})
await check('a poll is voted in', async () => {
  const {poll} = (await alice.postStatus('Chase?', {poll: {options: ['Yes', 'No'], expires_in: 3600}})).data
  return (await bodil.votePoll(poll.id, [1])).data.options[1].votes_count === 1
})
await check('a post for later waits', async () => {
  const later = (await alice.postStatus('Dawn', {scheduled_at: new Date(Date.now() + 3_600_000).toISOString()})).data
  return (await alice.getScheduledStatuses()).data.some((one) => one.id === later.id)
})
await check('emojis and announcements are lists', async () => [(await anybody.getInstanceCustomEmojis()).data, (await alice.getInstanceAnnouncements()).data].every(Array.isArray))
await check('markers are kept', async () => {
  await alice.saveMarkers({home: {last_read_id: post.id}})
  return (await alice.getMarkers(['home'])).data.home.last_read_id === post.id
})
await stream()
await check('a deleted post is gone', async () => {
  await alice.deleteStatus(post.id)
  return refused(() => bodil.getStatus(post.id))
})
end()

async function stream() {
  const heard = []
  let socket
  try {
    socket = await alice.userStreaming()
    socket.on('update', (status) => heard.push(status.id))
    socket.on('notification', (note) => heard.push(note.type))
    socket.on('error', () => {}) // there is no stream; the check says so
  } catch {
    // the same
  }
  await pause(1500)
  const news = (await bodil.postStatus('@alice she sinks')).data
  await check('a stream brings what happens', () => heard.includes(news.id) && heard.includes('mention'), SOON)
  socket?.stop()
}
