// Passkeys, with a device that Chromium plays (the WebAuthn domain of its DevTools protocol).
//
//   node passkeys.mjs BASE NAME [--width 1100] [--scheme light] [--pictures DIR]
//
// A member makes a passkey, signs out, signs in with it to the page they wanted, and is refused where the device does not
// know them; renames the passkey and removes it, after which it opens nothing. Without JavaScript no page offers one. The
// last line counts what held and what did not.

import { parseArgs } from 'node:util'
import { launch, open, signIn } from './chromium.mjs'
import { expect, story } from './story.mjs'

const PASSWORD = 'a long enough password, 12 times'
const PATIENCE_MS = 15_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { width: { type: 'string', default: '1100' }, scheme: { type: 'string', default: 'light' }, pictures: { type: 'string' } },
})
const [base, name] = positionals
if (!name) {
  console.error('usage: passkeys.mjs BASE NAME')
  process.exit(2)
}

const browser = await launch()
const width = Number(values.width)
const window = await open(browser, base, { width, scheme: values.scheme })
const { context, page } = window
page.setDefaultTimeout(PATIENCE_MS)
const told = await story(browser, { pictures: values.pictures })
const step = (sentence, act, expected) => told.step(window, sentence, act, expected)

const protocol = await context.newCDPSession(page)
await protocol.send('WebAuthn.enable')
const device = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
}
const { authenticatorId } = await protocol.send('WebAuthn.addVirtualAuthenticator', { options: device })
const passkeys = async () => (await protocol.send('WebAuthn.getCredentials', { authenticatorId })).credentials
const knowsItsOwner = (isUserVerified) => protocol.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })

const form = (action) => page.locator(`form[action$="${action}"]`).first()
const press = (button) => Promise.all([page.waitForNavigation(), button.click()])
const use = () => page.getByRole('button', { name: 'Sign in with a passkey' })
const says = async (words) => expect(`the page says "${words}"`, await page.locator('main').getByText(words).first().isVisible())

async function signOut() {
  await press(form('/sign-out').locator('button'))
}

async function begin(called) {
  await page.goto('/settings/passkeys')
  const made = form('/settings/passkeys/begin')
  await made.locator('[name=name]').fill(called)
  await made.locator('[name=password]').fill(PASSWORD)
  await press(made.locator('button'))
}

console.log(`\n${name} and a passkey, ${values.width} pixels`)

await step('is signed in with a password', () => signIn(page, name, PASSWORD))
await step('reads what passkeys are', async () => {
  await page.goto('/settings/passkeys')
  await says('Sign in without typing')
})
await step('types a wrong password, and makes none', async () => {
  const made = form('/settings/passkeys/begin')
  await made.locator('[name=name]').fill('Phone')
  await made.locator('[name=password]').fill('not it')
  await press(made.locator('button'))
  await says('is not your password')
  expect('the name is still there', (await form('/settings/passkeys/begin').locator('[name=name]').inputValue()) === 'Phone')
}, 422)
await step('is asked for the device', async () => {
  await begin('Phone')
  await says('Now your device')
})
await step('makes a passkey', async () => {
  await press(page.getByRole('button', { name: 'Make the passkey' }))
  await says('From now on it signs you in')
  const [kept, ...others] = await passkeys()
  expect('the device keeps one, by itself', kept.isResidentCredential && others.length === 0)
})
await step('the device does not make another', async () => {
  await begin('Phone again')
  await page.getByRole('button', { name: 'Make the passkey' }).click()
  await page.getByRole('alert').waitFor()
  await says('This device has a passkey for you already')
})
await step('signs out', signOut)
await step('is offered both ways to sign in', async () => {
  await page.goto('/sign-in?back=/settings/profile')
  expect('there is a button', await use().isVisible())
})
await step('signs in without typing, where it was wanted', async () => {
  await press(use())
  expect('that is the page', new URL(page.url()).pathname === '/settings/profile')
})
await step('finds when it was used', async () => {
  await page.goto('/settings/passkeys')
  await says('last used')
})
await step('is not signed in by a device that does not know its owner', async () => {
  await signOut()
  await knowsItsOwner(false)
  await page.goto('/sign-in')
  await use().click()
  await page.getByRole('alert').waitFor()
  await says('Try again, or use your password')
  await knowsItsOwner(true)
})
await step('presses again, and is', async () => {
  await press(use())
  expect('there is a way out', (await form('/sign-out').count()) === 1)
})
await step('is refused where the device counts backwards, as a copy would', async () => {
  await signOut()
  const [kept] = await passkeys()
  await protocol.send('WebAuthn.removeCredential', { authenticatorId, credentialId: kept.credentialId })
  await protocol.send('WebAuthn.addCredential', { authenticatorId, credential: { ...kept, signCount: 0 } })
  await page.goto('/sign-in')
  await press(use())
  await says('may have been copied')
}, 422)
await step('signs in with the password, and reads that', async () => {
  await signIn(page, name, PASSWORD)
  await page.goto('/settings/passkeys')
  await says('It may have been copied')
})
await step('gives it another name', async () => {
  await page.locator('summary', { hasText: 'Rename' }).click()
  const renamed = form('/settings/passkeys/rename')
  await renamed.locator('[name=name]').fill('Old phone')
  await press(renamed.locator('button'))
  await says('Old phone')
})
await step('removes it', async () => {
  await page.locator('summary', { hasText: 'Remove' }).click()
  const removed = form('/settings/passkeys/remove')
  await removed.locator('[name=password]').fill(PASSWORD)
  await press(removed.locator('button'))
  expect('it is gone', (await page.getByText('Old phone').count()) === 0)
})
await step('is not let in with it any more', async () => {
  await signOut()
  await page.goto('/sign-in')
  await press(use())
  await says('is not known here, or was removed')
}, 422)
await step('is offered none without JavaScript', async () => {
  const bare = await open(browser, base, { width, script: false })
  await signIn(bare.page, name, PASSWORD)
  await bare.page.goto('/settings/passkeys')
  expect('there is a sentence instead', await bare.page.getByText('runs no scripts').isVisible())
  expect('there is no form', !(await bare.page.locator('form[action$="/begin"]').isVisible()))
  await bare.context.clearCookies()
  await bare.page.goto('/sign-in')
  expect('there is no button', !(await bare.page.getByText('Sign in with a passkey').isVisible()))
  await bare.context.close()
})

await told.finish()
