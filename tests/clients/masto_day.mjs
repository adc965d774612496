// The rest of a day with masto.js: what masto.mjs does not do and apps for people do, so that every method of it is called.
import {check, refused} from './told.mjs'

const SOON = 10_000
const ids = (list) => list.map((one) => one.id)
const inAnHour = (hours = 1) => new Date(Date.now() + hours * 3_600_000).toISOString()

/** `s` has a client for each of three members and for anybody, what the members are, and a picture in `file`. */
export async function restOfTheDay(s) {
  for (const chapter of [profiles, people, requests, praise, tags, posts, moreMedia, timelines, lists, collections, older, server, annual]) await chapter(s)
  for (const chapter of [news, filters, notices, aside, words, reports, signUp]) await chapter(s)
}

// ---- People ----

async function profiles({alice, anybody, me, file}) {
  const profile = await check('a profile is read by its owner, as she wrote it', async () => {
    const profile = await alice.v1.profile.fetch()
    return profile.id === me.id && profile.note === 'Bread' && profile.fields[0].value === 'Quay 3' && profile
  })
  await check('… and changed, with pictures and what they show', async () => {
    const changed = await alice.v1.profile.update({displayName: 'Alice at the oven', header: file, headerDescription: 'An oven', avatar: file, avatarDescription: 'Alice', showMedia: false})
    return changed.displayName === 'Alice at the oven' && changed.headerDescription === 'An oven' && changed.avatarDescription === 'Alice' && changed.header !== profile.header && changed.showMedia === false
  })
  await check('… which others see', async () => (await anybody.v1.accounts.lookup({acct: 'alice'})).displayName === 'Alice at the oven')
  await check('a portrait is taken down', async () => !(await alice.v1.profile.avatar.remove()).avatar.includes('/media/') && (await alice.v1.profile.fetch()).avatar === null)
  await check('… and a banner', async () => (await alice.v1.profile.header.remove()).id === me.id && (await alice.v1.profile.fetch()).header === null)
}

async function people({alice, bodil, chidi, anybody, me, her, him}) {
  await check('somebody is read by their number', async () => (await anybody.v1.accounts.$select(her.id).fetch()).username === 'bodil')
  await check('… and several at once', async () => ids(await alice.v1.accounts.fetch({id: [her.id, him.id]})).sort().join() === [her.id, him.id].sort().join())
  await check('somebody is found by the beginning of a name', async () => ids(await alice.v1.accounts.search.list({q: 'chi', limit: 5}))[0] === him.id)
  await check('those whom somebody follows are listed', async () => ids(await bodil.v1.accounts.$select(me.id).following.list())[0] === her.id)
  await check('somebody is no longer followed', async () => {
    const before = await chidi.v1.accounts.$select(her.id).follow({reblogs: false, notify: true, languages: ['en']})
    const after = await chidi.v1.accounts.$select(her.id).unfollow()
    return before.following && !before.showingReblogs && before.notifying && before.languages[0] === 'en' && !after.following
  })
  await check('a block', async () => (await bodil.v1.accounts.$select(him.id).block()).blocking)
  await check('… is listed', async () => ids(await bodil.v1.blocks.list())[0] === him.id)
  await check('… and holds', () => refused(() => chidi.v1.accounts.$select(her.id).statuses.list()))
  await check('… until its end', async () => !(await bodil.v1.accounts.$select(him.id).unblock()).blocking && (await bodil.v1.blocks.list()).length === 0)
  await check('people are suggested, or nobody', async () => {
    const [suggested, older] = await Promise.all([chidi.v2.suggestions.list(), chidi.v1.suggestions.list()])
    return suggested.every((one) => one.account.id && one.source && Array.isArray(one.sources)) && ids(suggested.map((one) => one.account)).join() === ids(older).join()
  })
  await check('… and whom one does not want is not suggested', async () => {
    await chidi.v1.suggestions.$select(her.id).remove()
    return !(await chidi.v2.suggestions.list()).some((one) => one.account.id === her.id)
  })
  await check('who wants to be found is in the directory', async () => {
    await bodil.v1.accounts.updateCredentials({discoverable: true})
    return ids(await alice.v1.directory.list({local: true, order: 'new'})).includes(her.id)
  })
}

async function requests({alice, chidi, me, him}) {
  await alice.v1.accounts.updateCredentials({locked: true})
  const waits = async () => (await chidi.v1.accounts.$select(me.id).follow()).requested && ids(await alice.v1.followRequests.list()).join() === him.id
  await check('who knocks waits', waits)
  await check('… and is let in', async () => (await alice.v1.followRequests.$select(him.id).authorize()).followedBy)
  await check('… and sent away', async () => {
    await alice.v1.accounts.$select(him.id).removeFromFollowers()
    return !(await chidi.v1.accounts.relationships.fetch({id: [me.id]}))[0].following
  })
  await check('… and is told no the next time', async () => (await waits()) && !(await alice.v1.followRequests.$select(him.id).reject()).followedBy && (await alice.v1.followRequests.list()).length === 0)
  await alice.v1.accounts.updateCredentials({locked: false})
}

async function praise({alice, bodil, me, her}) {
  const shown = async () => [ids(await alice.v1.endorsements.list()), ids(await bodil.v1.accounts.$select(me.id).endorsements.list())].join(' ')
  await check('somebody is shown on a page', async () => (await alice.v1.accounts.$select(her.id).endorse()).endorsed && (await shown()) === `${her.id} ${her.id}`)
  await check('… and no longer', async () => !(await alice.v1.accounts.$select(her.id).unendorse()).endorsed && (await shown()) === ' ')
  await check('… also by the older name of it', async () => (await alice.v1.accounts.$select(her.id).pin()).endorsed && !(await alice.v1.accounts.$select(her.id).unpin()).endorsed)
}

async function tags({alice, anybody, me}) {
  await check('a tag is shown to visitors', async () => (await anybody.v1.tags.$select('bakery').fetch()).name === 'bakery')
  await check('… and to whom follows it, as that', async () => (await alice.v1.tags.$select('bakery').fetch()).following)
  await check('… also where it is searched for', async () => (await alice.v2.search.list({q: 'bakery', type: 'hashtags'})).hashtags.find((tag) => tag.name === 'bakery').following)
  await check('… until it is no longer followed', async () => !(await alice.v1.tags.$select('bakery').unfollow()).following && (await alice.v1.followedTags.list()).length === 0)
  await check('a tag that one uses is suggested for a page', async () => (await alice.v1.featuredTags.suggestions.list()).some((tag) => tag.name === 'bakery'))
  const featured = await check('… and shown on it', () => alice.v1.featuredTags.create({name: 'bakery'}))
  await check('… counted', async () => {
    const [[mine], [shown]] = await Promise.all([alice.v1.featuredTags.list(), anybody.v1.accounts.$select(me.id).featuredTags.list()])
    return mine.id === featured.id && shown.id === featured.id && Number(shown.statusesCount) > 0 && shown.lastStatusAt
  })
  await check('… and taken down', async () => {
    await alice.v1.featuredTags.$select(featured.id).remove()
    return (await alice.v1.featuredTags.list()).length === 0
  })
  await check('… and up again by its name', async () => (await alice.v1.tags.$select('bakery').feature()).featuring && !(await alice.v1.tags.$select('bakery').unfeature()).featuring)
}

// ---- Posts ----

async function posts({alice, bodil, anybody, me, her}) {
  const post = await alice.v1.statuses.create({status: 'Rolls at six', quoteApprovalPolicy: 'public'})
  const [mine, hers] = [alice, bodil].map((client) => client.v1.statuses.$select(post.id))
  await hers.favourite()
  await hers.reblog({visibility: 'unlisted'})
  const quote = await bodil.v1.statuses.create({status: 'At six!', quotedStatusId: post.id})
  await check('several posts are read at once', async () => ids(await bodil.v1.statuses.fetch({id: [post.id, quote.id]})).sort().join() === [post.id, quote.id].sort().join())
  await check('who favoured and boosted is named', async () => [await mine.favouritedBy.list(), await mine.rebloggedBy.list()].map(ids).join(' ') === `${her.id} ${her.id}`)
  await check('… and who quoted', async () => ids(await mine.quotes.list())[0] === quote.id)
  await check('a favour is taken back', async () => !(await hers.unfavourite()).favourited)
  await check('… and a boost', async () => {
    const left = await hers.unreblog()
    return left.id === post.id && !left.reblogged && (await mine.fetch()).reblogsCount === 0
  })
  await check('… and a bookmark', async () => (await hers.bookmark()).bookmarked && !(await hers.unbookmark()).bookmarked)
  await check('… and a pin', async () => (await mine.pin()).pinned && !(await mine.unpin()).pinned)
  await check('a conversation is muted, and heard again', async () => (await mine.mute()).muted && !(await mine.unmute()).muted)
  await check('nothing is translated here, and an app is told so', () => refused(() => mine.translate({lang: 'da'})))
  const asked = await alice.v1.statuses.create({status: 'Or at five?', poll: {options: ['Five', 'Six'], expiresIn: 3600, multiple: true, hideTotals: true}})
  await check('a poll that hides its count is read', async () => {
    const poll = await bodil.v1.polls.$select(asked.poll.id).fetch()
    return poll.multiple && !poll.voted && poll.options.every((option) => option.votesCount === null) && anybody.v1.polls.$select(asked.poll.id).fetch()
  })
  const later = await alice.v1.statuses.create({status: 'Good morning', scheduledAt: inAnHour()})
  const waiting = alice.v1.scheduledStatuses.$select(later.id)
  await check('what waits is read', async () => (await waiting.fetch()).params.text === 'Good morning')
  await check('… and put off', async () => Date.parse((await alice.v1.scheduledStatuses.$select(later.id).update({scheduledAt: inAnHour(3)})).scheduledAt) > Date.now() + 2 * 3_600_000)
  await check('… and called off', async () => {
    await alice.v1.scheduledStatuses.$select(later.id).remove()
    return refused(() => alice.v1.scheduledStatuses.$select(later.id).fetch())
  })
}

async function moreMedia({alice, bodil, file}) {
  const image = await check('a picture is taken in by the older name too', async () => {
    const image = await alice.v1.media.create({file, description: 'Rols', focus: '0.5,-0.5'})
    return image.type === 'image' && image.meta.focus.x === 0.5 && image
  })
  await check('… and described better', async () => (await alice.v1.media.$select(image.id).update({description: 'Rolls', focus: '0,0.25'})).description === 'Rolls')
  await check('… and asked about', async () => {
    const asked = await alice.v1.media.$select(image.id).fetch()
    return asked.description === 'Rolls' && asked.meta.focus.y === 0.25 && asked.blurhash.length > 5
  })
  await check('… and described once more in the post that has it', async () => {
    const shown = await alice.v1.statuses.create({mediaIds: [image.id]})
    await alice.v1.statuses.$select(shown.id).update({status: 'Still warm', mediaIds: [image.id], mediaAttributes: [{id: image.id, description: 'Six rolls'}]})
    return (await bodil.v1.statuses.$select(shown.id).fetch()).mediaAttachments[0].description === 'Six rolls'
  })
}

async function timelines({alice, bodil, chidi, anybody, me}) {
  const post = await alice.v1.statuses.create({status: 'The oven is https://oven.example/stone #ovens', visibility: 'public'})
  const word = await bodil.v1.statuses.create({status: '@alice only you', visibility: 'direct'})
  const has = async (list, one) => ids(await list).includes(one.id)
  await check('everybody reads what is public here', async () => has(anybody.v1.timelines.public.list({local: true}), post))
  await check('… which is not from elsewhere', async () => !(await has(chidi.v1.timelines.public.list({remote: true}), post)))
  await check('… and without a picture not among pictures', async () => {
    const pictures = await chidi.v1.timelines.public.list({onlyMedia: true})
    return pictures.length > 0 && pictures.every((one) => one.mediaAttachments.length > 0)
  })
  await check('a tag has what carries it', async () => has(anybody.v1.timelines.tag.$select('ovens').list(), post))
  await check('a page has what leads to it', async () => has(alice.v1.timelines.link.list({url: 'https://oven.example/stone'}), post), SOON)
  await check('what was said in private is a timeline of its own', async () => has(alice.v1.timelines.direct.list(), word))
  await check('a person has posts without answers and boosts', async () => {
    const list = await bodil.v1.accounts.$select(me.id).statuses.list({excludeReplies: true, excludeReblogs: true, excludeDirect: true, limit: 40})
    return list.length > 0 && list.every((one) => one.inReplyToId === null && one.reblog === null)
  })
}

async function lists({alice, bodil, her}) {
  const {id} = await alice.v1.lists.create({title: 'Early', exclusive: true})
  await check('a list is read', async () => (await alice.v1.lists.$select(id).fetch()).exclusive)
  await check('… and renamed', async () => (await alice.v1.lists.$select(id).update({title: 'Late', exclusive: false})).title === 'Late')
  await check('… and among all others', async () => ids(await alice.v1.lists.list()).includes(id))
  await check('… with whom it has', async () => {
    await alice.v1.lists.$select(id).accounts.create({accountIds: [her.id]})
    const [inside, holding] = await Promise.all([alice.v1.lists.$select(id).accounts.list({limit: 0}), alice.v1.accounts.$select(her.id).lists.list()])
    return ids(inside).join() === her.id && ids(holding).join() === id
  })
  await check('… for whom made it alone', () => refused(() => bodil.v1.lists.$select(id).fetch()))
  await alice.v1.lists.$select(id).remove()
}

async function collections({alice, bodil, chidi, anybody, me, her, him}) {
  const made = await check('a collection of people is made', async () => {
    await Promise.all([bodil, chidi].map((client) => client.v1.accounts.updateCredentials({discoverable: true})))
    const {collection} = await alice.v1.collections.create({name: 'Bakers', description: 'Who bakes', accountIds: [her.id], discoverable: true})
    return collection.accountId === me.id && collection.items.length === 1 && collection
  })
  const mine = () => alice.v1.collections.$select(made.id)
  await check('… and renamed, for a topic', async () => {
    const {collection} = await mine().update({name: 'Good bakers', tagName: 'bakery'})
    return collection.name === 'Good bakers' && collection.tag.name === 'bakery'
  })
  const item = await check('… and somebody added', async () => (await mine().items.create({accountId: him.id})).collectionItem)
  await check('… and others read who made it and who is in it', async () => {
    const read = await anybody.v1.collections.$select(made.id).fetch()
    return read.collection.itemCount === 2 && ids(read.accounts).sort().join() === [me.id, her.id, him.id].sort().join()
  })
  await check('… on her page and on theirs', async () => {
    const [hers, theirs] = await Promise.all([anybody.v1.accounts.$select(me.id).collections.list(), bodil.v1.accounts.$select(her.id).inCollections.list()])
    return [hers, theirs].every(({collections}) => ids(collections).join() === made.id)
  })
  await check('… and somebody is taken out', async () => {
    await mine().items.$select(item.id).remove()
    return (await mine().fetch()).collection.itemCount === 1
  })
  await check('… and somebody takes themself out', async () => {
    await bodil.v1.collections.$select(made.id).items.$select(made.items[0].id).revoke()
    return (await mine().fetch()).collection.itemCount === 0
  })
  await check('… and it is ended', async () => {
    await mine().remove()
    return refused(() => mine().fetch())
  })
}

// ---- The server ----

async function older({alice, anybody, me}) {
  await check('a search by its older name finds the same', async () => {
    const found = await alice.v1.search.list({q: 'bodil'})
    return found.accounts[0].username === 'bodil' && Array.isArray(found.statuses) && Array.isArray(found.hashtags)
  })
  await check('proofs of who somebody is are a list, and none', async () => (await anybody.v1.accounts.$select(me.id).identityProofs.list()).length === 0)
}

async function server({anybody, url}) {
  const one = anybody.v1.instance
  await check('an older app reads what the server is', async () => (await one.fetch()).uri === new URL(url).host)
  await check('… which servers it knows and which it keeps away', async () => (await Promise.all([one.peers.list(), one.domainBlocks.fetch()])).every(Array.isArray))
  await check('… how busy it was, in words', async () => {
    const weeks = await one.activity.list()
    return weeks.length > 0 && ['week', 'statuses', 'logins', 'registrations'].every((name) => typeof weeks[0][name] === 'string')
  })
  await check('… which languages it speaks', async () => (await one.languages.list()).length > 0)
  await check('… and which it translates, none', async () => Object.keys(await one.translationLanguages.list()).length === 0)
  await check('… and what it says of itself', async () => typeof (await one.extendedDescription.fetch()).content === 'string')
}

async function annual({alice}) {
  const year = String(new Date().getUTCFullYear())
  await check('an app asks whether there is a report of the year', async () => ['available', 'eligible', 'ineligible'].includes((await alice.v1.annualReports.$select(year).state.fetch()).state))
  await check('… and which there are', async () => {
    const reports = await alice.v1.annualReports.list()
    return [reports.annualReports, reports.accounts, reports.statuses].every(Array.isArray)
  })
}

async function news({alice}) {
  const [told] = await check('an announcement is read', () => alice.v1.announcements.list())
  const one = () => alice.v1.announcements.$select(told.id)
  const reacted = async () => (await alice.v1.announcements.list())[0].reactions.some((reaction) => reaction.name === '🎉' && reaction.me && reaction.count === 1)
  await check('… and answered with an emoji', async () => {
    await one().reactions.$select('🎉').update()
    return reacted()
  })
  await check('… which is taken back', async () => {
    await one().reactions.$select('🎉').remove()
    return !(await reacted())
  })
  await check('… and not shown again', async () => {
    await one().dismiss()
    return (await alice.v1.announcements.list()).length === 0
  })
}

// ---- What comes, and what is kept away ----

async function filters({alice, bodil}) {
  const made = await alice.v2.filters.create({title: 'Sweets', context: ['home', 'public'], filterAction: 'hide', keywordsAttributes: [{keyword: 'toffee'}]})
  const mine = () => alice.v2.filters.$select(made.id)
  await check('a filter is read', async () => (await mine().fetch()).keywords[0].keyword === 'toffee' && ids(await alice.v2.filters.list()).includes(made.id))
  await check('… and changed, with a word more and one less', async () => {
    const changed = await mine().update({title: 'Sugar', filterAction: 'blur', keywordsAttributes: [{keyword: 'fudge', wholeWord: true}, {id: made.keywords[0].id, _destroy: true}]})
    return changed.title === 'Sugar' && changed.filterAction === 'blur' && changed.keywords.map((one) => one.keyword).join() === 'fudge'
  })
  const word = await check('… and given a word', () => mine().keywords.create({keyword: 'nougat', wholeWord: false}))
  await check('… that is listed', async () => (await mine().keywords.list()).some((one) => one.id === word.id) && (await alice.v2.filters.keywords.$select(word.id).fetch()).keyword === 'nougat')
  await check('… and changed by itself', async () => (await alice.v2.filters.keywords.$select(word.id).update({keyword: 'marzipan', wholeWord: true})).wholeWord)
  await check('… and taken out', async () => {
    await alice.v2.filters.keywords.$select(word.id).remove()
    return refused(() => alice.v2.filters.keywords.$select(word.id).fetch())
  })
  const post = await bodil.v1.statuses.create({status: 'Not for Alice'})
  const kept = await check('… and a single post', async () => mine().statuses.create({statusId: post.id}))
  await check('… that is found in it', async () => ids(await mine().statuses.list()).join() === kept.id && (await alice.v2.filters.statuses.$select(kept.id).fetch()).statusId === post.id)
  await check('… and folded', async () => (await alice.v1.statuses.$select(post.id).fetch()).filtered[0].statusMatches.join() === post.id)
  await check('… and free again', async () => {
    await alice.v2.filters.statuses.$select(kept.id).remove()
    return (await mine().statuses.list()).length === 0
  })
  await mine().remove()
  const old = await check('an older app filters a word', () => alice.v1.filters.create({phrase: 'syrup', context: ['home'], wholeWord: true}))
  await check('… reads it', async () => (await alice.v1.filters.$select(old.id).fetch()).phrase === 'syrup' && ids(await alice.v1.filters.list()).join() === old.id)
  await check('… changes it', async () => (await alice.v1.filters.$select(old.id).update({phrase: 'treacle', context: ['home']})).phrase === 'treacle')
  await check('… and ends it', async () => {
    await alice.v1.filters.$select(old.id).remove()
    return (await alice.v1.filters.list()).length === 0
  })
}

async function notices({alice, bodil, her}) {
  await alice.v1.notifications.clear()
  const call = await bodil.v1.statuses.create({status: '@alice the bell'})
  const post = await alice.v1.statuses.create({status: 'Ring it'})
  await bodil.v1.statuses.$select(post.id).favourite()
  await check('what is unread is counted', async () => (await alice.v1.notifications.unreadCount.fetch()).count === 2, SOON)
  await check('… in groups too', async () => (await alice.v2.notifications.unreadCount.fetch({types: ['favourite']})).count === 1)
  const note = await check('one notification is read', async () => {
    const [note] = await alice.v1.notifications.fetch({types: ['mention']})
    return note.status.id === call.id && (await alice.v1.notifications.$select(note.id).fetch()).id === note.id && note
  })
  await check('… and put away', async () => {
    await alice.v1.notifications.$select(note.id).dismiss()
    return (await alice.v1.notifications.list()).every((one) => one.id !== note.id)
  })
  const [group] = (await alice.v2.notifications.list({types: ['favourite'], expandAccounts: 'partial_avatars'})).notificationGroups
  const one = () => alice.v2.notifications.$select(group.groupKey)
  await check('one group is read', async () => {
    const read = await one().fetch()
    return read.notificationGroups[0].groupKey === group.groupKey && ids(read.statuses).join() === post.id && ids(read.accounts).includes(her.id)
  })
  await check('… with who is in it', async () => ids(await one().accounts.fetch()).join() === her.id)
  await check('… and put away as one', async () => {
    await one().dismiss()
    return (await alice.v2.notifications.list()).notificationGroups.length === 0
  })
}

async function aside({alice, chidi, him}) {
  const filtered = async (words) => {
    await chidi.v1.statuses.create({status: `@alice ${words}`})
    let waiting
    for (const end = Date.now() + SOON; !waiting && Date.now() < end; ) [waiting] = await alice.v1.notifications.requests.list()
    return waiting
  }
  const policy = (forNotFollowing) => alice.v2.notifications.policy.update({forNotFollowing})
  await check('a policy is set', async () => (await policy('filter')).forNotFollowing === 'filter')
  const waiting = await check('who is not followed waits aside', () => filtered('hello'))
  const one = () => alice.v1.notifications.requests.$select(waiting.id)
  await check('… and is seen there', async () => (await one().fetch()).account.id === him.id && (await alice.v2.notifications.policy.fetch()).summary.pendingRequestsCount === 1)
  await check('… and not heard', async () => {
    await one().dismiss()
    return (await alice.v1.notifications.requests.list()).length === 0
  })
  await check('… nor with several others', async () => {
    await alice.v1.notifications.requests.dismiss({id: [(await filtered('hello?')).id]})
    return (await alice.v1.notifications.requests.list()).length === 0
  })
  await check('… and heard', async () => {
    const again = await filtered('hello again')
    await alice.v1.notifications.requests.$select(again.id).accept()
    return (await alice.v1.notifications.requests.merged.fetch()).merged === true
  })
  await check('… and is among the others then', async () => (await alice.v1.notifications.list({types: ['mention']})).some((note) => note.account.id === him.id), SOON)
  await check('… and several are heard at once', async () => {
    await alice.v1.notifications.requests.accept({id: []})
    return (await alice.v1.notifications.requests.list()).length === 0
  })
  await policy('accept')
}

async function words({alice, bodil}) {
  const word = await bodil.v1.statuses.create({status: '@alice a word', visibility: 'direct'})
  const found = await check('what was said in private is unread', async () => (await alice.v1.conversations.list()).find((one) => one.lastStatus.id === word.id && one.unread), SOON)
  const one = () => alice.v1.conversations.$select(found.id)
  await check('… and read', async () => !(await one().read()).unread)
  await check('… and unread again', async () => (await one().unread()).unread)
  await check('… and put out of sight', async () => {
    await one().remove()
    return !ids(await alice.v1.conversations.list()).includes(found.id)
  })
}

async function reports({alice, chidi, him}) {
  const post = await chidi.v1.statuses.create({status: 'Buy my oven'})
  await check('a post is reported', async () => {
    const report = await alice.v1.reports.create({accountId: him.id, statusIds: [post.id], comment: 'Again', category: 'spam', forward: false})
    return report.category === 'spam' && report.targetAccount.id === him.id && report.statusIds.join() === post.id && !report.actionTaken
  })
}

async function signUp({alice, anybody, oauth, signedIn}) {
  const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob'
  const app = await check('an app makes itself known', () => anybody.v1.apps.create({clientName: 'Oven', redirectUris: [OUT_OF_BAND, 'oven://done'], scopes: 'read write push', website: 'https://oven.example'}))
  await check('… and is told back what it is', async () => (await alice.v1.apps.verifyCredentials()).name === 'masto')
  const {clientId, clientSecret} = app
  const itself = await check('… and gets a token for itself', async () => (await oauth.token.create({grantType: 'client_credentials', clientId, clientSecret, redirectUri: OUT_OF_BAND, scope: 'read write'})).accessToken)
  const guest = await check('… with which somebody joins', async () => {
    const token = await signedIn(itself).v1.accounts.create({username: 'dorte', email: 'dorte@oven.example', password: 'a loaf a day keeps', agreement: true, locale: 'en', reason: 'Bread'})
    return token.tokenType === 'Bearer' && token.accessToken
  })
  await check('… who is there', async () => (await signedIn(guest).v1.accounts.verifyCredentials()).username === 'dorte')
  await check('… and signs out', async () => {
    await oauth.revoke({clientId, clientSecret, token: guest})
    return refused(() => signedIn(guest).v1.accounts.verifyCredentials(), 401)
  })
}
