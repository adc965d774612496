// One member's first quarter of an hour, in a real browser.
//
//   node journey.mjs BASE NAME (--set-up LINK | --sign-up | --sign-in) [--meet NAME] [--script off] [--width 360]
//                                                                            [--pictures DIR]
//
// Comes in, writes, answers, favourites, boosts, edits, deletes, looks at every page, signs out and reads as a stranger.
// Anything the browser complains of fails it: script errors, violated policies, failed requests, answers of 400 and
// above, requests to anybody else, words wider than the window. The last line counts what held and what did not.

import { parseArgs } from 'node:util'
import { launch, open, signIn } from './chromium.mjs'
import { expect, story } from './story.mjs'

const PASSWORD = 'a long enough password, 12 times'
const PATIENCE_MS = 15_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'set-up': { type: 'string' },
    'sign-up': { type: 'boolean', default: false },
    'sign-in': { type: 'boolean', default: false },
    script: { type: 'string', default: 'on' },
    width: { type: 'string', default: '1100' },
    meet: { type: 'string' },
    pictures: { type: 'string' },
  },
})
const [base, name] = positionals
if (!name) {
  console.error('usage: journey.mjs BASE NAME (--set-up LINK | --sign-up | --sign-in)')
  process.exit(2)
}

const browser = await launch()
const window = await open(browser, base, { width: Number(values.width), script: values.script === 'on' })
const { page } = window
page.setDefaultTimeout(PATIENCE_MS)
const told = await story(browser, { pictures: values.pictures, suffix: `-${name}` })
const step = (sentence, act) => told.step(window, sentence, act)

/** Presses a button and waits for the page it leads to. */
async function press(button) {
  await Promise.all([page.waitForNavigation(), button.click()])
}

const form = (action) => page.locator(`form[action$="${action}"]`).first()
const send = (of) => press(of.locator('button:not([type=button]):not([name])').last())
const postWith = (text) => page.locator('article', { hasText: text }).last()
/** The button of a post for a verb; the menus it may be in are opened first, as a person would. */
async function button(text, verb) {
  const found = postWith(text).locator(`button[formaction$="/${verb}"]`)
  for (let menu of await found.locator('xpath=ancestor::details').all()) {
    if ((await menu.getAttribute('open')) === null) await menu.locator('> summary').click()
  }
  return found
}

async function fillIn(of, fields) {
  for (const [field, value] of Object.entries(fields)) await of.locator(`[name=${field}]`).fill(value)
}

const unique = (kind) => `${kind}${Math.random().toString(36).slice(2, 10)}`
const said = `Good morning, harbour. ${unique('said')} — مرحبا 你好 🌊`
const changed = `Good evening, harbour. ${unique('changed')}`
const answered = `And to you. ${unique('answered')}`
const word = (text) => text.match(/[a-z]+\w{8}/)[0]
let conversation

console.log(`\n${name}, ${values.width} pixels, JavaScript ${values.script}`)

if (values['set-up']) {
  await step('sets the community up', async () => {
    await page.goto(values['set-up'])
    await fillIn(form('/setup'), { community: 'Harbour', username: name, email: `${name}@harbour.test`, password: PASSWORD })
    await send(form('/setup'))
  })
} else if (values['sign-up']) {
  await step('signs up', async () => {
    await page.goto('/sign-up')
    const signUp = form('/sign-up')
    await fillIn(signUp, { username: name, email: `${name}@harbour.test`, password: PASSWORD })
    if (await signUp.locator('[name=agree]').count()) await signUp.locator('[name=agree]').check()
    await send(signUp)
  })
}
await step('is signed in', async () => {
  if (await form('/sign-out').count() === 0) await signIn(page, name, PASSWORD)
  await page.goto('/')
  expect('there is a way out', (await form('/sign-out').count()) === 1)
})
if (told.hasFailed()) {
  console.log('\n  nothing else can be tried by somebody who did not come in')
  await told.finish()
}
await step('writes a post', async () => {
  await page.goto('/compose')
  await fillIn(form('/compose'), { text: said })
  await send(form('/compose'))
})
await step('finds it in the home timeline, and opens its conversation', async () => {
  await page.goto('/')
  await press(postWith(word(said)).locator('.when a[href^="/@"]').last())
  conversation = new URL(page.url()).pathname
  expect('every script is still there', await page.getByText('مرحبا 你好 🌊').first().isVisible())
})
await step('answers it', async () => {
  const reply = page.locator('form#reply')
  await fillIn(reply, { text: answered })
  await send(reply)
  await page.goto(conversation)
  expect('the answer stands in the conversation', await postWith(word(answered)).isVisible())
})
await step('favourites it, and takes that back', async () => {
  await press(await button(word(said), 'favourite'))
  await press(await button(word(said), 'unfavourite'))
  await press(await button(word(said), 'favourite'))
})
await step('boosts it, and takes that back', async () => {
  await press(await button(word(said), 'reblog'))
  await press(await button(word(said), 'unreblog'))
})
await step('edits it', async () => {
  const number = conversation.split('/').pop()
  await page.goto(`/statuses/${number}/edit`)
  await fillIn(form('/edit'), { text: changed })
  await send(form('/edit'))
  await page.goto(conversation)
  expect('the new words are there', await postWith(word(changed)).first().isVisible())
  await page.goto(`/statuses/${number}/history`)
  expect('the old words are kept', (await page.getByText(word(said)).count()) > 0)
})
await step('deletes the answer', async () => {
  await page.goto(conversation)
  await press(await button(word(answered), 'delete'))
  await page.goto(conversation)
  expect('it is gone', (await page.getByText(word(answered)).count()) === 0)
})
await step('writes under a content warning, which folds it', async () => {
  const hidden = unique('hidden')
  await page.goto('/compose')
  const warn = form('/compose')
  await warn.locator('summary', { hasText: 'Content warning' }).click()
  await fillIn(warn, { spoiler: 'The end of the film', text: hidden })
  await send(warn)
  await page.goto('/')
  expect('the warning is read first', await page.getByText('The end of the film').first().isVisible())
  expect('the words wait', !(await page.getByText(hidden).first().isVisible()))
  await page.locator('summary', { hasText: 'The end of the film' }).first().click()
  expect('and are shown to who asks', await page.getByText(hidden).first().isVisible())
})
if (values.meet) {
  await step(`follows ${values.meet}, and stops`, async () => {
    await page.goto(`/@${values.meet}`)
    await press(page.locator('button[formaction$="/follow"], form[action$="/follow"] button').first())
    await page.goto('/')
    expect('their words are in the home timeline', (await page.locator('main').getByText(values.meet).count()) > 0)
    await page.goto(`/@${values.meet}`)
    await press(page.locator('button[formaction$="/unfollow"], form[action$="/unfollow"] button').first())
    await page.goto(`/@${values.meet}`)
    expect('they can be followed again', (await page.locator('button[formaction$="/follow"], form[action$="/follow"] button').count()) > 0)
  })
}
await step('sets a boundary, asks why, and takes it back', async () => {
  await page.goto('/boundaries')
  const boundary = form('/boundaries#add')
  await page.locator('#add > summary').click()
  await fillIn(boundary, { pattern: 'bigcorp.example', reason: 'They sell what we say.' })
  await boundary.locator('input[name=stance][value=refused]').check()
  await press(boundary.locator('button[value=set]'))
  await page.goto('/boundaries')
  const rule = page.locator('article.rule', { hasText: 'bigcorp.example' })
  expect('the rule stands there with its reason', await rule.getByText('They sell what we say.').isVisible())
  await page.goto('/why?about=bigcorp.example')
  expect('why names the reason', await page.locator('main').getByText('They sell what we say.').first().isVisible())
  await page.goto('/boundaries')
  await press(rule.getByRole('button', { name: /^Remove/ }))
  await page.goto('/boundaries')
  expect('the rule is gone', (await rule.count()) === 0)
})
for (const path of ['/', '/community', '/notifications', '/search', '/search?q=harbour', '/boundaries', '/why', '/compose', '/settings/profile', '/settings/password', '/about', `/@${name}`]) {
  await step(`looks at ${path}`, async () => {
    await page.goto(path)
    expect('it has a heading', (await page.locator('h1').count()) === 1)
    expect('pictures and fields have names', (await nameless()).length === 0)
  })
}
await step('finds the page of settings one is on among the others', async () => {
  await page.goto('/settings/apps')
  const boxOf = (selector) => page.locator(selector).boundingBox()
  const [list, here] = [await boxOf('nav.tabs'), await boxOf('nav.tabs [aria-current]')]
  expect('it can be seen in the list', here.x >= list.x && here.x + here.width <= list.x + list.width)
  if (Number(values.width) < 736) expect('the list is one line', list.height < 64)
})
await step('signs out', async () => {
  await press(form('/sign-out').locator('button'))
  await page.goto('/')
  expect('there is no way out any more', (await form('/sign-out').count()) === 0)
})
await step('reads the conversation as a stranger', async () => {
  await page.goto(conversation)
  expect('the words are there', await page.getByText(word(changed)).first().isVisible())
})

/** Controls that a screen reader could not name. */
async function nameless() {
  const controls = await page.locator('button, input:not([type=hidden]), select, textarea, img, main a[href]').all()
  const found = []
  for (const control of controls) {
    const named = await control.evaluate((element) => {
      const label = element.labels?.length > 0 || element.closest('label') !== null
      return label || element.alt !== undefined && element.alt !== '' || ['aria-label', 'aria-labelledby', 'title'].some((a) => element.getAttribute(a)) || element.textContent.trim() !== ''
    })
    if (!named) found.push(await control.evaluate((element) => element.outerHTML.slice(0, 120)))
  }
  for (const one of found) console.log(`      without a name: ${one}`)
  return found
}

await told.finish()
