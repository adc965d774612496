// An app of ours for the web. It stands on a server of its own, knows the community by its address alone, and is made of
// masto.js, as Elk and Phanpy are. What `window.app` has, web_app.mjs asks it to do; what it answers is plain data.

import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from 'masto'

const SCOPES = 'read write follow push'
const BACK = `${location.origin}/back`
const LOOK_EVERY_MS = 250
/** A window that is gone may have said something just before. */
const LAST_WORD_MS = 500
const SOON_MS = 10_000
/** More apps than one address may register in an hour. */
const MANY_APPS = 100

const button = document.querySelector('button')
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const letters = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
const random = () => letters(crypto.getRandomValues(new Uint8Array(32)))

let url, credentials, verifier, state, asks, token, api
const anybody = () => createRestAPIClient({ url })
const registered = (client) => client.v1.apps.create({ clientName: 'An app for the web', redirectUris: BACK, scopes: SCOPES })

/** Registers, and is ready for the button. */
async function meet(address) {
  url = address
  const told = await fetch(`${url}/.well-known/oauth-authorization-server`).then((answer) => answer.json())
  credentials = await registered(anybody())
  verifier = random()
  state = random()
  const challenge = letters(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
  asks = new URL(told.authorization_endpoint)
  asks.search = new URLSearchParams({
    response_type: 'code',
    client_id: credentials.clientId,
    redirect_uri: BACK,
    scope: SCOPES,
    state,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  button.disabled = false
  return { methods: told.code_challenge_methods_supported, hasSecret: Boolean(credentials.clientSecret) }
}

// As Phanpy does it: a window of its own, whose end is a no unless the page that it should come to has said something before.
let popup, answer
const isOpen = () => !popup.closed
button.addEventListener('click', () => {
  popup = open(asks, '', 'popup,width=480,height=720')
  answer = new Promise((resolve) => {
    addEventListener('message', (message) => message.origin === location.origin && message.source === popup && resolve(message.data))
    const look = setInterval(async () => {
      if (isOpen()) return
      clearInterval(look)
      await pause(LAST_WORD_MS)
      resolve({ error: 'closed' })
    }, LOOK_EVERY_MS)
  })
})

/** What came of the window: the answer, and whether it is the one to what was asked. */
async function answered() {
  const { code, error, ...rest } = await answer
  answer = Promise.resolve({ code, error, ...rest })
  return { code, error, isOurs: rest.state === state }
}

async function signIn() {
  const { code } = await answer
  const oauth = createOAuthAPIClient({ url })
  const { clientId, clientSecret } = credentials
  const made = await oauth.token.create({ grantType: 'authorization_code', clientId, clientSecret, redirectUri: BACK, scope: SCOPES, code, codeVerifier: verifier })
  token = made.accessToken
  api = createRestAPIClient({ url, accessToken: token })
  return { scope: made.scope, name: (await api.v1.accounts.verifyCredentials()).username }
}

/** Whether a window at this address is cut off from the one that opened it. */
async function isCutOff(address) {
  popup = open(address, '', 'popup')
  for (const until = Date.now() + SOON_MS; isOpen() && Date.now() < until; ) await pause(LOOK_EVERY_MS)
  return !isOpen()
}

/** The first two pages of the home timeline, for the second of which the first one's `Link` has to be read. */
async function home() {
  const pages = []
  let link
  for await (const { headers, data } of api.v1.timelines.home.list.$raw({ limit: 2 })) {
    link ??= headers.get('link')
    pages.push(data.map((status) => status.id))
    if (pages.length === 2) break
  }
  return { pages, link }
}

async function limits() {
  const { headers } = await api.v1.accounts.verifyCredentials.$raw()
  const [most, left, whole] = ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`))
  return { most: Number(most), left: Number(left), whole: Date.parse(whole), requestId: headers.get('x-request-id') }
}

async function picture() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 })
  const brush = canvas.getContext('2d')
  brush.fillStyle = 'teal'
  brush.fillRect(8, 8, 48, 32)
  const file = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
  const sent = await api.v2.media.create({ file, description: 'A teal field' })
  const shown = await createImageBitmap(await fetch(sent.url).then((answer) => answer.blob()))
  return { id: sent.id, description: sent.description, width: shown.width }
}

const plain = ({ id, content, favourited, favouritesCount, editedAt, mediaAttachments }) => ({
  id,
  content,
  favourited,
  favouritesCount,
  editedAt,
  files: mediaAttachments.map(({ id, description }) => ({ id, description })),
})
const write = async (said) => plain(await api.v1.statuses.create(said))
const edit = async (id, said) => plain(await api.v1.statuses.$select(id).update(said))
const favourite = async (id) => plain(await api.v1.statuses.$select(id).favourite())
const read = async (id) => plain(await api.v1.statuses.$select(id).fetch())

/** Whether a post is heard of over a WebSocket as it is written. */
async function hears(said) {
  const instance = await anybody().v2.instance.fetch()
  const streams = createStreamingAPIClient({ streamingApiUrl: instance.configuration.urls.streaming, accessToken: token })
  await streams.prepare()
  const subscription = streams.user.subscribe()
  const heard = new Promise((resolve, reject) => {
    ;(async () => {
      for await (const event of subscription) {
        if (event.event === 'update' && event.payload.content.includes(said)) resolve(true)
      }
    })().catch(reject)
    setTimeout(() => resolve(false), SOON_MS)
  })
  // The server has to have taken the subscription in.
  await pause(1_000)
  await write({ status: said, visibility: 'unlisted' })
  const has = await heard
  subscription.unsubscribe()
  streams.close()
  return has
}

/** What is read of a refusal. */
async function refusal(asked) {
  try {
    await asked()
  } catch (error) {
    if (!error.cause?.headers) throw error
    return { status: error.statusCode, says: error.message, again: error.cause.headers.get('retry-after') }
  }
  return { status: 200 }
}

const unknownToken = () => refusal(() => createRestAPIClient({ url, accessToken: 'nothing' }).v1.accounts.verifyCredentials())
const unknownPost = () => refusal(() => api.v1.statuses.$select('1').fetch())
const emptyPost = () => refusal(() => api.v1.statuses.create({ status: '' }))

/** Signs out, and begins anew while the token that has ended is still sent along. */
async function beginAnew() {
  const { clientId, clientSecret } = credentials
  await createOAuthAPIClient({ url }).revoke({ clientId, clientSecret, token })
  const ended = await refusal(() => api.v1.timelines.home.list())
  return { ended, isRegistered: Boolean((await registered(api)).clientId) }
}

async function tooMany() {
  for (let asked = 0; asked < MANY_APPS; asked += 1) {
    const refused = await refusal(() => registered(anybody()))
    if (refused.status !== 200) return refused
  }
  return { status: 200 }
}

window.app = { meet, isOpen, answered, signIn, isCutOff, home, limits, picture, write, edit, favourite, read, hears, unknownToken, unknownPost, emptyPost, beginAnew, tooMany }
