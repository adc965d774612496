// One person on a server of their own, and a crowd beside them, built on Fedify: a federation peer that nobody of Comity wrote.
//
//   node peer.mjs PORT [NAME]
//
// Fedify parses, signs, verifies, delivers and answers WebFinger, NodeInfo, actor, inbox, outbox, followers and
// notes. This file only says what the person has, and lets a test steer them by `POST /control` (see ../README.md).
// Plain http on loopback, because `allowPrivateAddress` is set; the person is known as NAME@localhost:PORT.

import http from 'node:http'
import { Temporal } from '@js-temporal/polyfill'
globalThis.Temporal ??= Temporal
import { createFederation, generateCryptoKeyPair, InProcessMessageQueue, MemoryKvStore, signRequest } from '@fedify/fedify'
import {
  Accept, Activity, Announce, Create, Delete, Endpoints, Follow, InteractionPolicy, InteractionRule, Like, Mention, Note, Person,
  PUBLIC_COLLECTION, ReplyAuthorization, ReplyRequest, Tombstone, Undo, Update,
} from '@fedify/vocab'

const port = Number(process.argv[2])
const name = process.argv[3] ?? 'fedora'
const origin = `http://localhost:${port}`

// Everything the person has, in memory: a peer lives as long as one run of the tests.
const keyPairs = [await generateCryptoKeyPair('RSASSA-PKCS1-v1_5'), await generateCryptoKeyPair('Ed25519')]
const followers = new Map() // actor id → actor
const following = new Set() // actor ids that accepted
const notes = new Map() // number → Note, or null once deleted
const stamps = new Map() // number → ReplyAuthorization
const sent = new Map() // number → Activity
const received = [] // activities that Fedify verified, oldest first
const requests = [] // every request that reached us, apart from /control
const errors = [] // what Fedify's inbox could not do
const copies = [] // every body that reached us, verified or not, asked for or not; `forget` leaves them
let lastNumber = 0

/** Strangers beside our person, as many as are asked for: crowd-1, crowd-2, …. They share the person's keys. */
const isOurs = (identifier) => identifier === name || /^crowd-\d+$/.test(identifier)
/** ghost-1, … sign as well, and nobody can find who they are. */
const signs = (identifier) => isOurs(identifier) || /^ghost-\d+$/.test(identifier)

// What Fedify fetches of its own accord is a copy, too.
const reallyFetch = globalThis.fetch
globalThis.fetch = async (...how) => {
  const answer = await reallyFetch(...how)
  copies.push(await answer.clone().text())
  return answer
}

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue(),
  allowPrivateAddress: true,
  origin,
})

federation
  .setActorDispatcher('/users/{identifier}', async (context, identifier) => {
    if (!isOurs(identifier)) return null
    const keys = await context.getActorKeyPairs(identifier)
    return new Person({
      id: context.getActorUri(identifier),
      url: context.getActorUri(identifier),
      preferredUsername: identifier,
      name: identifier === name ? 'Fedora Fedify' : `Somebody (${identifier})`,
      summary: '<p>A peer on <b>Fedify</b>.</p>',
      inbox: context.getInboxUri(identifier),
      outbox: context.getOutboxUri(identifier),
      followers: context.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
      publicKey: keys[0].cryptographicKey,
      assertionMethods: keys.map((key) => key.multikey),
    })
  })
  .setKeyPairsDispatcher((_context, identifier) => (signs(identifier) ? keyPairs : []))

federation.setFollowersDispatcher('/users/{identifier}/followers', () => ({ items: [...followers.values()] }))
federation.setOutboxDispatcher('/users/{identifier}/outbox', () => ({ items: [...sent.values()].filter((a) => a instanceof Create) }))

// Public notes are anybody's; the others are shown to the people they name and, if addressed to them, followers.
federation
  .setObjectDispatcher(Note, '/notes/{number}', (_context, { number }) => notes.get(number) ?? null)
  .authorize(async (context, { number }) => {
    const note = notes.get(number)
    if (note == null) return true // there is nothing to hide: the dispatcher answers "not found"
    const audience = [...note.toIds, ...note.ccIds].map(String)
    if (audience.includes(PUBLIC_COLLECTION.href)) return true
    const reader = (await context.getSignedKeyOwner())?.id?.href
    if (reader === undefined) return false
    return audience.includes(reader) || (followers.has(reader) && audience.includes(context.getFollowersUri(name).href))
  })
federation.setObjectDispatcher(ReplyAuthorization, '/stamps/{number}', (_context, { number }) => stamps.get(number) ?? null)
federation.setObjectDispatcher(Activity, '/activities/{number}', (_context, { number }) => sent.get(number) ?? null)

federation.setNodeInfoDispatcher('/nodeinfo/2.1', () => ({
  software: { name: 'fedify-peer', version: '1.0.0' },
  protocols: ['activitypub'],
  usage: { users: { total: 1 }, localPosts: notes.size, localComments: 0 },
}))

federation
  .setInboxListeners('/users/{identifier}/inbox', '/inbox')
  // Unknown senders' keys are fetched as our person, so that servers which show actors only to signed requests can be heard.
  .setSharedKeyDispatcher(() => ({ identifier: name }))
  .on(Follow, async (context, follow) => {
    await remember(follow)
    const follower = await follow.getActor(context)
    followers.set(follower.id.href, follower)
    await send(context, [follower], (id) => new Accept({ id, actor: context.getActorUri(name), object: follow }))
  })
  .on(Accept, async (context, accept) => {
    await remember(accept)
    // What answers an answer names a note of ours, which is not to be fetched from ourselves.
    if (numberIn(accept.objectId, '/notes/')) return
    const follow = await accept.getObject(context)
    if (follow instanceof Follow && follow.actorId?.href === context.getActorUri(name).href && follow.objectId?.href === accept.actorId?.href) {
      following.add(accept.actorId.href)
    }
  })
  .on(Undo, async (context, undo) => {
    await remember(undo)
    const undone = await undo.getObject(context)
    if (undone instanceof Follow) followers.delete(undo.actorId.href)
  })
  .on(Activity, async (_context, activity) => remember(activity))
  .onError((_context, error) => errors.push(String(error.stack ?? error)))

const numberIn = (iri, path) => (iri?.origin === origin && iri.pathname.startsWith(path) ? iri.pathname.slice(path.length) : null)

/** What Fedify understood of who may answer; `null` where nothing is said. */
async function answersOf(activity) {
  if (!(activity instanceof Create || activity instanceof Update)) return null
  const note = await activity.getObject()
  const rule = note?.interactionPolicy?.canReply
  if (!rule) return null
  return { freely: rule.automaticApprovals.map(String), asking: rule.manualApprovals.map(String) }
}

async function remember(activity) {
  received.push({
    type: activity.constructor.name,
    id: activity.id?.href ?? null,
    actor: activity.actorId?.href ?? null,
    object: activity.objectId?.href ?? null,
    answers: await answersOf(activity),
    activity: await activity.toJsonLd({ format: 'compact' }),
  })
}

/** Builds an activity with an id of our own and delivers it at once; says what came of it. */
async function send(context, recipients, build, identifier = name) {
  const number = String(++lastNumber)
  const activity = build(context.getObjectUri(Activity, { number }))
  sent.set(number, activity)
  const told = recipients.filter((recipient) => recipient?.inboxId != null)
  try {
    // `immediate`: the control port's answer then says whether the other side took it.
    await context.sendActivity({ identifier }, told, activity, { immediate: true, preferSharedInbox: true })
    return { id: activity.id.href, delivered: told.length, error: null }
  } catch (error) {
    return { id: activity.id.href, delivered: 0, error: String(error) }
  }
}

const audiences = (context) => ({
  public: { to: [PUBLIC_COLLECTION], cc: [context.getFollowersUri(name)] },
  followers: { to: [context.getFollowersUri(name)], cc: [] },
  direct: { to: [], cc: [] },
})

const numberOf = (iri) => iri.slice(iri.lastIndexOf('/') + 1)
const ownNote = (iri) => notes.get(numberOf(iri)) ?? fail(`${iri} is no note of ours`)
const everybody = (...more) => [...new Map([...followers.values(), ...more].map((actor) => [actor.id.href, actor])).values()]
function fail(why) {
  throw new Error(why)
}

/** The control port's verbs. Each returns what the test may want to know. */
const verbs = (context, loader) => {
  const me = context.getActorUri(name)
  const find = async (iri) => (await context.lookupObject(iri, { documentLoader: loader })) ?? fail(`${iri} was not found`)
  // Whoever follows us is known already, even when their server no longer answers us.
  const person = async (iri) => followers.get(iri) ?? find(iri)
  /** A post's author: `author` if the test names them, so that a post can be answered which may no longer be fetched. */
  const authorOf = async (post, author) => (author ? person(author) : (await find(post)).getAttribution({ ...context, documentLoader: loader }))

  /** Sends about somebody else's post, to its author. */
  const react = async ({ post, author: named }, build, others = []) => {
    const author = await authorOf(post, named)
    return send(context, [author, ...others], (id) => build(id, new URL(post), author))
  }
  const undo = async (activityIri, recipients) => {
    const activity = sent.get(numberOf(activityIri)) ?? fail(`${activityIri} is no activity of ours`)
    return send(context, recipients, (id) => new Undo({ id, actor: me, object: activity, tos: activity.toIds, ccs: activity.ccIds }))
  }
  const write = async ({ text, audience = 'public', mention, in_reply_to, author, summary, asking = false, sent = true, by = name }) => {
    const writer = context.getActorUri(by)
    const people = []
    if (mention) people.push(await person(mention))
    if (in_reply_to) people.push(await authorOf(in_reply_to, author))
    const { to, cc } = audiences(context)[audience] ?? fail(`no audience called ${audience}`)
    const number = String(++lastNumber)
    const note = new Note({
      id: context.getObjectUri(Note, { number }),
      url: context.getObjectUri(Note, { number }),
      attribution: writer,
      content: `<p>${text}</p>`,
      summary,
      sensitive: summary !== undefined,
      replyTarget: in_reply_to ? new URL(in_reply_to) : undefined,
      tos: audience === 'direct' ? people.map((one) => one.id) : to,
      ccs: audience === 'direct' ? [] : [...cc, ...people.map((one) => one.id)],
      tags: people.map((one) => new Mention({ href: one.id, name: `@${one.preferredUsername}@${one.id.host}` })),
      published: Temporal.Now.instant(),
      interactionPolicy: asking ? new InteractionPolicy({ canReply: new InteractionRule({ manualApproval: PUBLIC_COLLECTION }) }) : undefined,
    })
    notes.set(number, note)
    if (!sent) return { post: note.id.href }
    const recipients = audience === 'direct' || by !== name ? people : everybody(...people)
    const report = await send(
      context,
      recipients,
      (id) => new Create({ id, actor: writer, object: note, tos: note.toIds, ccs: note.ccIds, published: note.published }),
      by,
    )
    return { ...report, post: note.id.href }
  }

  return {
    follow: async ({ actor }) => {
      const them = await find(actor)
      return send(context, [them], (id) => new Follow({ id, actor: me, object: them.id, to: them.id }))
    },
    unfollow: async ({ actor, follow }) => {
      following.delete(actor)
      return undo(follow, [await person(actor)])
    },
    post: write,
    reply: write,
    ask: async ({ in_reply_to, author, ...how }) => {
      const { post } = await write({ ...how, in_reply_to, author, sent: false })
      const [target, instrument, to] = [new URL(in_reply_to), new URL(post), await authorOf(in_reply_to, author)]
      const report = await send(context, [to], (id) => new ReplyRequest({ id, actor: me, object: target, instrument, to: to.id }))
      return { ...report, post }
    },
    approve: async ({ reply, post, author }) => {
      const number = String(++lastNumber)
      const [interactingObject, interactionTarget, to] = [new URL(reply), new URL(post), await person(author)]
      const stamp = context.getObjectUri(ReplyAuthorization, { number })
      stamps.set(number, new ReplyAuthorization({ id: stamp, attribution: me, interactingObject, interactionTarget }))
      const report = await send(context, [to], (id) => new Accept({ id, actor: me, object: interactingObject, to: to.id, result: stamp }))
      return { ...report, stamp: stamp.href }
    },
    crowd: async ({ who = 'crowd', first = 1, size, actor, text }) => {
      const them = await person(actor)
      const numbers = Array.from({ length: size }, (_, index) => first + index)
      const each = numbers.map(async (number) => {
        const by = `${who}-${number}`
        const one = context.getActorUri(by)
        if (text) return { ...(await write({ text: `${text}, says ${by}`, mention: actor, by })), actor: one.href }
        return { ...(await send(context, [them], (id) => new Follow({ id, actor: one, object: them.id, to: them.id }), by)), actor: one.href }
      })
      return { each: await Promise.all(each) }
    },
    holds: ({ word }) => ({ holds: copies.some((copy) => copy.includes(word)) }),
    edit: async ({ post, text }) => {
      const edited = ownNote(post).clone({ content: `<p>${text}</p>`, updated: Temporal.Now.instant() })
      notes.set(numberOf(post), edited)
      return send(
        context,
        everybody(),
        (id) => new Update({ id, actor: me, object: edited, tos: edited.toIds, ccs: edited.ccIds, updated: edited.updated }),
      )
    },
    delete: async ({ post }) => {
      const note = ownNote(post)
      notes.set(numberOf(post), null)
      const tombstone = new Tombstone({ id: note.id })
      return send(context, everybody(), (id) => new Delete({ id, actor: me, object: tombstone, tos: note.toIds, ccs: note.ccIds }))
    },
    like: (how) => react(how, (id, post) => new Like({ id, actor: me, object: post })),
    unlike: async ({ post, author, activity }) => undo(activity, [await authorOf(post, author)]),
    announce: (how) =>
      react(
        how,
        (id, post, author) =>
          new Announce({
            id,
            actor: me,
            object: post,
            to: PUBLIC_COLLECTION,
            ccs: [context.getFollowersUri(name), author.id],
            published: Temporal.Now.instant(),
          }),
        [...followers.values()],
      ),
    unannounce: async ({ post, author, activity }) => undo(activity, everybody(await authorOf(post, author))),
    fetch: ({ url, signature = 'rfc9421', by = name }) => fetchAs(context, by, url, signature),
    fetch_plain: async ({ url }) => answerOf(await fetch(activityRequest(url), { redirect: 'manual' })),
    forget: () => {
      received.length = requests.length = errors.length = 0
      return {}
    },
  }
}

const activityRequest = (url) => new Request(url, { headers: { accept: 'application/activity+json' }, redirect: 'manual' })

/** One signed GET and its bare answer. Fedify's own loader would hide the status and quietly try the other scheme. */
async function fetchAs(context, identifier, url, signature) {
  const spec = { rfc9421: 'rfc9421', 'draft-cavage': 'draft-cavage-http-signatures-12' }[signature] ?? fail(`no signature called ${signature}`)
  const [rsa] = await context.getActorKeyPairs(identifier)
  const signed = await signRequest(activityRequest(url), rsa.privateKey, rsa.keyId, { spec })
  return answerOf(await fetch(signed, { redirect: 'manual' }))
}

async function answerOf(response) {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}

function stateOfThings(context) {
  return {
    name,
    handle: `@${name}@localhost:${port}`,
    actor: context.getActorUri(name).href,
    software: 'fedify',
    followers: [...followers.keys()],
    following: [...following],
    received,
    requests,
    errors,
  }
}

async function answerControl(request, body, context) {
  if (request.method === 'GET') return stateOfThings(context)
  const { do: verb, ...how } = JSON.parse(body)
  const all = verbs(context, await context.getDocumentLoader({ identifier: name }))
  if (!(verb in all)) fail(`no verb called ${verb}; there are ${Object.keys(all).join(', ')}`)
  return all[verb](how)
}

/** Which kind of signature a request carries, for the log. */
const signatureKind = (headers) => (headers['signature-input'] ? 'rfc9421' : headers.signature ? 'draft-cavage' : 'none')

http
  .createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    if (request.url !== '/control') copies.push(body.toString())
    const url = new URL(request.url, origin)

    if (url.pathname === '/control') {
      try {
        const context = federation.createContext(new URL(origin), undefined)
        const answer = await answerControl(request, body.toString(), context)
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      } catch (error) {
        response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: String(error.stack ?? error) }))
      }
      return
    }

    const hasBody = !['GET', 'HEAD'].includes(request.method)
    const answer = await federation.fetch(new Request(url, { method: request.method, headers: request.headers, body: hasBody ? body : undefined }), {
      contextData: undefined,
    })
    requests.push({
      method: request.method,
      path: request.url,
      status: answer.status,
      signature: signatureKind(request.headers),
      synchronization: request.headers['collection-synchronization'] ?? null,
      agent: request.headers['user-agent'] ?? '',
    })
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
  })
  .listen(port, '127.0.0.1', () => console.log(`ready: @${name}@localhost:${port}`))
