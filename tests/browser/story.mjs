// What happens in a browser, told in sentences that hold or do not, and are counted.

import { mkdir } from 'node:fs/promises'
import { settled } from './chromium.mjs'

/** A story; with a picture of each step in `pictures`, whose name ends in `suffix`. */
export async function story(browser, { pictures, suffix = '' }) {
  if (pictures) await mkdir(pictures, { recursive: true })
  let passed = 0
  let failed = 0

  /**
   * One step, in the window that `open` gave. What the browser complained of meanwhile fails it, but for an answer of the
   * status that is `expected`; and so do words wider than the window.
   */
  async function step({ page, troubles }, sentence, act, expected) {
    troubles.length = 0
    const why = []
    try {
      await act(page)
      await settled(page)
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      if (overflow > 0) why.push(`the page is ${overflow} pixels wider than the window (on ${page.url()})`)
      const number = String(passed + failed + 1).padStart(2, '0')
      if (pictures) await page.screenshot({ path: `${pictures}/${number}${suffix}.png`, fullPage: true })
    } catch (error) {
      why.push(error.message.split('\n').slice(0, 4).join(' '), `on ${page.url()}`)
    }
    why.push(...troubles.filter((trouble) => !expected || !trouble.includes(String(expected))))
    if (why.length === 0) passed += 1
    else failed += 1
    console.log(`  ${why.length === 0 ? '✓' : '✗'} ${sentence}`)
    for (const one of why) console.log(`      ${one}`)
  }

  /** Tells how it went, and ends the program. */
  async function finish() {
    await browser.close()
    console.log(`\n${passed} passed, ${failed} failed`)
    process.exit(failed === 0 ? 0 : 1)
  }

  return { step, finish, hasFailed: () => failed > 0 }
}

export function expect(sentence, truth) {
  if (!truth) throw new Error(`not so: ${sentence}`)
}
