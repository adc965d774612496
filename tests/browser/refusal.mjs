// One member refuses a server that her community only limits: before, meanwhile, after, and when she takes it back.
//
//   node refusal.mjs HARBOUR MEADOW BIGCORP PASSWORD --comity PATH --folder DIR [--pictures DIR] [--width 1100]
//
// The three towns of the demo, whose story is told, kept in DIR. Maren of Meadow follows Chip of Bigcorp and he follows her. She
// refuses Bigcorp for herself and posts in public; Ines of Harbour and Sakura, her neighbour, answer and boost. Then
// Chip looks for it wherever he can. The last line counts what held and what did not.

import { execFile } from 'node:child_process'
import { parseArgs, promisify } from 'node:util'
import { launch, open, signIn } from './chromium.mjs'
import { expect, story } from './story.mjs'

const PATIENCE_MS = 15_000
/** Deliveries take a moment; what must not come is given three times as long as what came took. */
const ARRIVES_MS = 20_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    comity: { type: 'string' },
    folder: { type: 'string' },
    pictures: { type: 'string' },
    width: { type: 'string', default: '1100' },
  },
})
const [harbour, meadow, bigcorp, password] = positionals
if (!password || !values.comity || !values.folder) {
  console.error('usage: refusal.mjs HARBOUR MEADOW BIGCORP PASSWORD --comity PATH --folder DIR')
  process.exit(2)
}

const browser = await launch()
const { step, finish } = await story(browser, { pictures: values.pictures })
const people = {}
for (const [name, base] of Object.entries({ maren: meadow, sakura: meadow, ines: harbour, chip: bigcorp })) {
  people[name] = await open(browser, base, { width: Number(values.width) })
  people[name].page.setDefaultTimeout(PATIENCE_MS)
}
const { maren, sakura, ines, chip } = people
const unique = (kind) => `${kind}${Math.random().toString(36).slice(2, 10)}`
const said = unique('said')
const answered = unique('answered')
const joined = unique('joined')
const later = unique('later')
const server = new URL(bigcorp).host

async function press(page, button) {
  await Promise.all([page.waitForNavigation(), button.click()])
}

const form = (page, action) => page.locator(`form[action$="${action}"]`).first()
const postWith = (page, text) => page.locator('article', { hasText: text }).last()
const words = (page) => page.locator('body').innerText()

async function has(page, path, word) {
  await page.goto(path)
  return (await words(page)).includes(word)
}

/** Until the word stands on this page. */
async function comes(page, path, word) {
  const until = Date.now() + ARRIVES_MS
  while (!(await has(page, path, word))) {
    if (Date.now() > until) throw new Error(`${word} did not come to ${path}`)
    await page.waitForTimeout(250)
  }
}

async function writes(page, text) {
  await page.goto('/compose')
  await form(page, '/compose').locator('[name=text]').fill(text)
  await press(page, form(page, '/compose').locator('button.primary'))
}

async function verb(page, text, name) {
  const button = postWith(page, text).locator(`button[formaction$="/${name}"]`)
  for (const menu of await button.locator('xpath=ancestor::details').all()) {
    if ((await menu.getAttribute('open')) === null) await menu.locator('> summary').click()
  }
  await press(page, button)
}

async function answers(page, text, words) {
  await press(page, postWith(page, text).locator('.when a[href^="/@"]').last())
  const reply = page.locator('form#reply')
  await reply.locator('[name=text]').fill(words)
  await press(page, reply.locator('button.primary'))
}

console.log(`\nmaren, ines, sakura and chip, ${values.width} pixels`)
for (const [name, { page }] of Object.entries(people)) await signIn(page, name, password)

await step(maren, 'Maren of Meadow is shown what refusing Bigcorp would do before she does it', async (page) => {
  await page.goto('/boundaries')
  const boundary = form(page, '/boundaries#add')
  await openAround(boundary)
  await boundary.locator('[name=pattern]').fill(server)
  await boundary.locator('[name=reason]').fill('They sell what we say.')
  await boundary.locator('input[name=stance][value=refused]').check()
  await press(page, boundary.locator('button[value=show]'))
  expect('it names Chip, whom she follows', (await page.locator('.would').innerText()).includes('@chip@'))
})
await step(maren, 'she refuses Bigcorp for herself', async (page) => {
  await press(page, form(page, '/boundaries#add').locator('button[value=set]'))
  await page.goto('/boundaries')
  expect('the boundary stands there', await page.locator('article.rule', { hasText: server }).first().isVisible())
})
await step(maren, 'her follows across it are shown as suspended', async (page) => {
  for (const list of ['following', 'followers']) {
    await page.goto(`/@maren/${list}`)
    const suspended = await page.locator('.suspended').innerText()
    expect(`Chip is suspended among her ${list}`, suspended.includes('@chip@'))
  }
})
let conversation
await step(maren, 'the composer says that Bigcorp does not get what she writes', async (page) => {
  await page.goto('/compose')
  const compose = form(page, '/compose')
  await compose.locator('[name=text]').fill(`The choir sings outside tonight, ${said}.`)
  // With JavaScript it comes by itself.
  await page.locator('#reach .not').first().waitFor()
  const reach = await page.locator('#reach').innerText()
  expect('Bigcorp is named among those who do not get it', reach.includes('Not sent') && reach.includes('bigcorp'))
})
await step(maren, 'she posts it', async (page) => {
  await press(page, form(page, '/compose').locator('button.primary'))
  await page.goto('/')
  await press(page, postWith(page, said).locator('.when a[href^="/@"]').last())
  conversation = new URL(page.url()).pathname
})
await step(ines, 'Ines of Harbour gets it, boosts it and answers', async (page) => {
  await comes(page, '/home', said)
  await verb(page, said, 'reblog')
  await page.goto('/home')
  await answers(page, said, `I bring the lanterns, ${answered}.`)
})
await step(sakura, 'Sakura of Meadow boosts it and answers', async (page) => {
  await comes(page, '/community', said)
  await verb(page, said, 'reblog')
  await page.goto('/community')
  await answers(page, said, `And I bring the tea, ${joined}.`)
})
await step(maren, 'Maren reads both answers', async (page) => {
  await comes(page, conversation, answered)
  await comes(page, conversation, joined)
})
for (const path of ['/home', '/community', '/everyone', '/notifications', `/@maren@${new URL(meadow).host}`, `/@sakura@${new URL(meadow).host}`]) {
  await step(chip, `Chip of Bigcorp does not find it on ${path}`, async (page) => {
    // Neither it nor what answers it from next door.
    await page.goto(path).catch(() => {})
    const text = await words(page)
    expect('neither the post nor an answer is there', ![said, answered, joined].some((word) => text.includes(word)))
    // That there is no such page is an answer, too.
    chip.troubles.splice(0, chip.troubles.length, ...chip.troubles.filter((trouble) => !/404/.test(trouble)))
  })
}
await step(chip, 'Chip asks for it by its address and gets nothing', async (page) => {
  await page.goto(`/search?q=${encodeURIComponent(new URL(conversation, meadow).href)}`)
  const text = await words(page)
  expect('neither the post nor an answer is there', ![said, answered, joined].some((word) => text.includes(word)))
})
await step(maren, 'the ledger says that Bigcorp was not sent it, and by which boundary', async (page) => {
  await page.goto(`/statuses/${conversation.split('/').pop()}/reach`)
  const kept = await page.locator('.ledger.kept').innerText()
  expect('Bigcorp is among those that were not sent it', kept.includes('bigcorp'))
  expect('Harbour has it', (await words(page)).includes('harbour'))
})
for (const town of ['harbour', 'meadow', 'bigcorp']) {
  await step(maren, `the audit of ${town} finds nothing that leaks`, async () => {
    const env = { ...process.env, COMITY__DATA_DIR: `${values.folder}/${town}` }
    const { stdout } = await promisify(execFile)(values.comity, ['audit'], { env }).catch((error) => {
      throw new Error(`${error.stdout}\n${error.stderr}`)
    })
    expect('it tried the paths', /^\s*L17\s.*held/m.test(stdout))
    if (town === 'meadow') expect('it knows of her rule', /scope member, refused: [1-9]/.test(stdout))
  })
}
await step(maren, 'she takes the boundary back, and her follows are no longer suspended', async (page) => {
  await page.goto('/boundaries')
  await press(page, page.locator('article.rule', { hasText: server }).first().getByRole('button', { name: /^Remove/ }))
  for (const list of ['following', 'followers']) {
    await page.goto(`/@maren/${list}`)
    expect('nobody is suspended', (await page.locator('.suspended').count()) === 0)
    expect(`Chip is among her ${list} again`, (await words(page)).includes('Chip'))
  }
})
await step(maren, 'she writes again', (page) => writes(page, `Rain tomorrow, ${later}.`))
await step(chip, 'Chip, who still follows her, gets what she writes now, and nothing from before', async (page) => {
  await comes(page, '/home', later)
  expect('what was refused does not come after', !(await has(page, '/home', said)))
})
await finish()

/** What a form is folded into is opened first, as a person would. */
async function openAround(of) {
  for (const fold of await of.locator('xpath=ancestor::details').all()) {
    if ((await fold.getAttribute('open')) === null) await fold.locator('> summary').click()
  }
}
