// An app for the web, in a browser: it is on another server than the community, and signs its member in by a window of its own.
//
//   node web_app.mjs BASE NAME [--width 1100] [--pictures DIR]
//
// The app is in the folder beside this, which a server in here gives to the browser. It registers, opens the community's page
// of letting apps in, where the member types and presses, and hears the answer from the page that the window comes to; then
// it reads, writes, sends a picture and listens, and reads what it is refused. The last line counts what held and what did
// not.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { launch, open, settled, watch } from './chromium.mjs'
import { expect, story } from './story.mjs'

const PASSWORD = 'a long enough password, 12 times'
const PATIENCE_MS = 15_000
const SCRIPT = 'text/javascript; charset=utf-8'
const PAGE = 'text/html; charset=utf-8'
const FILES = { '/': ['index.html', PAGE], '/back': ['back.html', PAGE], '/app.mjs': ['app.mjs', SCRIPT] }
/** masto.js, and what it is made of. */
const PACKAGES = /^\/node_modules\/(masto|change-case|events-to-async|ts-custom-error)\/[\w/-]+(\.[\w-]+)*\.m?js$/

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { width: { type: 'string', default: '1100' }, pictures: { type: 'string' } },
})
const [base, name] = positionals
if (!name) {
  console.error('usage: web_app.mjs BASE NAME')
  process.exit(2)
}
const community = base.replace(/\/$/, '')

const server = createServer(async ({ url }, answer) => {
  const { pathname } = new URL(url, 'http://app')
  const [file, kind] = PACKAGES.test(pathname) ? [`..${pathname}`, SCRIPT] : (FILES[pathname] ?? [])
  const folder = pathname in FILES ? './web_app/' : './'
  const body = file && (await readFile(new URL(folder + file, import.meta.url)).catch(() => null))
  answer.writeHead(body ? 200 : 404, { 'content-type': body ? kind : 'text/plain' }).end(body ?? 'Nothing here.')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
// Another site than the community's `localhost`, not only another port: its cookies are none of the app's.
const home = `http://127.0.0.1:${server.address().port}`

const browser = await launch()
const window = await open(browser, home, { width: Number(values.width), others: [community] })
const { page } = window
page.setDefaultTimeout(PATIENCE_MS)
const told = await story(browser, { pictures: values.pictures })
const step = (sentence, act, expected) => told.step(window, sentence, act, expected)
const app = (verb, ...words) => page.evaluate(([verb, words]) => globalThis.app[verb](...words), [verb, words])
const same = (sentence, came, wanted) => expect(`${sentence}, but ${JSON.stringify(came)}`, JSON.stringify(came) === JSON.stringify(wanted))

/** Presses the app's button, and gives the window that opens, with its page there. */
async function ask() {
  const [opened] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: 'Sign in' }).click()])
  opened.setDefaultTimeout(PATIENCE_MS)
  const troubles = await watch(opened, [community, home])
  await settled(opened)
  return { page: opened, troubles }
}

const decide = (how) => Promise.all([popup.page.waitForEvent('close'), popup.page.locator(`button[name=decision][value=${how}]`).click()])
async function isAt(path) {
  expect(`the window is at ${path}, but ${popup.page.url()}`, new URL(popup.page.url()).pathname === path)
  expect('the app knows that it is open', await app('isOpen'))
}

let popup
console.log(`\n${name} and an app for the web, ${values.width} pixels`)

await step('the app reads how members are signed in, and registers', async () => {
  await page.goto('/')
  await page.waitForFunction(() => globalThis.app)
  const { methods, hasSecret } = await app('meet', community)
  expect('PKCE is known and there is a secret', methods.includes('S256') && hasSecret)
})
await step('it is cut off from a window at another page of the community', async () => {
  const [about, isCutOff] = await Promise.all([page.waitForEvent('popup'), app('isCutOff', `${community}/about`)])
  expect('it is', isCutOff)
  await about.close()
})
await step('a window that is closed is a no', async () => {
  popup = await ask()
  await isAt('/sign-in')
  await popup.page.close()
  same('it is closed', await app('answered'), { error: 'closed', isOurs: false })
})
await step('it opens a window, which asks who is there', async () => {
  popup = await ask()
  await isAt('/sign-in')
})
await told.step(popup ?? window, 'a wrong password is told, and the window stays', async () => {
  await type('not the password')
  await isAt('/sign-in')
}, 422)
await told.step(popup ?? window, `${name} signs in there, and reads who asks for what`, async () => {
  await type(PASSWORD)
  await isAt('/oauth/authorize')
  expect('it names the app', await popup.page.getByText('An app for the web').first().isVisible())
  expect('and where the answer goes', await popup.page.getByText(home).first().isVisible())
})
await step('says yes, the window closes, and the app has a code for what it asked', async () => {
  await decide('yes')
  const { code, error, isOurs } = await app('answered')
  expect(`there is a code, and no error but ${error}`, code && !error && isOurs)
})
await step('the code is good for a token, which is the member', async () => {
  same('it is', await app('signIn'), { scope: 'read write follow push', name })
})
if (told.hasFailed()) {
  console.log('\n  nothing else can be tried by an app that was not let in')
  await finish()
}

await step('the app writes', async () => {
  for (const word of ['One', 'Two', 'Three', 'Four']) await app('write', { status: `${word}, from the web.`, visibility: 'unlisted' })
})
await step('it reads the home timeline, and by its Link the next page', async () => {
  const { pages, link } = await app('home')
  expect(`there is a link, but ${link}`, link?.includes('rel="next"') && link.includes(`${community}/api/v1/timelines/home`))
  expect(`there are two pages of different posts, but ${JSON.stringify(pages)}`, pages.length === 2 && new Set(pages.flat()).size === 4)
})
await step('it reads how much it may ask, and the name of its request', async () => {
  const { most, left, whole, requestId } = await app('limits')
  expect(`so much is left: ${left} of ${most}`, most > 0 && left < most)
  expect(`until ${whole}, and ${requestId}`, whole > 0 && requestId)
})
let post
await step('it sends a picture with its description, and shows it', async () => {
  const { id, description, width } = await app('picture')
  same('it is as it was sent', { description, width }, { description: 'A teal field', width: 64 })
  post = await app('write', { status: 'Look', mediaIds: [id], visibility: 'unlisted' })
  same('the post has it', post.files, [{ id, description }])
})
await step('it edits the post, which keeps its picture', async () => {
  const edited = await app('edit', post.id, { status: 'Look again', mediaIds: post.files.map((file) => file.id) })
  expect('the words are new', edited.content.includes('Look again') && edited.editedAt)
  same('the picture is there', edited.files, post.files)
})
await step('it favourites the post', async () => {
  const { favourited, favouritesCount } = await app('favourite', post.id)
  same('it is counted', { favourited, favouritesCount }, { favourited: true, favouritesCount: 1 })
  same('and read again', (await app('read', post.id)).favouritesCount, 1)
})
await step('it hears a post over a WebSocket', async () => {
  expect('it does', await app('hears', `Heard${Math.random().toString(36).slice(2, 10)}`))
})

await step('it reads that a token is not known', async () => {
  same('401', await app('unknownToken'), { status: 401, says: 'The access token is invalid', again: null })
}, 401)
await step('it reads that a post is not there', async () => {
  same('404', await app('unknownPost'), { status: 404, says: 'Record not found', again: null })
}, 404)
await step('it reads what is wrong with a post', async () => {
  const { status, says } = await app('emptyPost')
  expect(`422 with words, but ${status} ${says}`, status === 422 && says)
}, 422)
await step('it asks again, and whoever is signed in says no without typing', async () => {
  popup = await ask()
  await isAt('/oauth/authorize')
  await decide('no')
  same('it hears of it', await app('answered'), { error: 'access_denied', isOurs: true })
})
await step('it signs out, and registers anew with the old token in hand', async () => {
  const { ended, isRegistered } = await app('beginAnew')
  expect(`it has ended, but ${JSON.stringify(ended)}`, ended.status === 401 && isRegistered)
}, 401)
await step('it reads that it asks too much, and when to come back', async () => {
  const { status, says, again } = await app('tooMany')
  expect(`429 and a number of seconds, but ${status} ${says} ${again}`, status === 429 && says === 'Too many requests' && Number(again) > 0)
}, 429)
await finish()

async function type(password) {
  const form = popup.page.locator('form[action$="/sign-in"]')
  await form.locator('[name=name]').fill(name)
  await form.locator('[name=password]').fill(password)
  await Promise.all([popup.page.waitForNavigation(), form.locator('button:not([type=button])').first().click()])
}

async function finish() {
  server.close()
  await told.finish()
}
