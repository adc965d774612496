// Takes pictures of pages.
//
//   node shot.mjs BASE OUT_DIR PATH… [--widths 360,1440] [--schemes light,dark] [--script on,off] [--whole]
//                                    [--sign-in NAME:PASSWORD] [--cookie NAME=VALUE]…
//
// One PNG for each path, width, scheme and script; `--whole` pictures the page to its end instead of the first screen.
// Says what went wrong on each page and ends with 1 if anything did.

import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { launch, open, settled, signIn } from './chromium.mjs'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    widths: { type: 'string', default: '360,1440' },
    schemes: { type: 'string', default: 'light,dark' },
    script: { type: 'string', default: 'on' },
    whole: { type: 'boolean', default: false },
    'sign-in': { type: 'string' },
    cookie: { type: 'string', multiple: true, default: [] },
  },
})
const [base, folder, ...paths] = positionals
if (paths.length === 0) {
  console.error('usage: shot.mjs BASE OUT_DIR PATH… (see the head of this file)')
  process.exit(2)
}

const cookies = values.cookie.map((cookie) => {
  const [name, ...value] = cookie.split('=')
  return { name, value: value.join('=') }
})
const nameOf = (path) => path.replace(/^\//, '').replace(/[^\p{L}\p{N}@.-]+/gu, '_') || 'index'

await mkdir(folder, { recursive: true })
const browser = await launch()
let wrong = 0
for (const script of values.script.split(',')) {
  for (const scheme of values.schemes.split(',')) {
    for (const width of values.widths.split(',').map(Number)) {
      const { context, page, troubles } = await open(browser, base, { width, scheme, script: script === 'on', cookies })
      if (values['sign-in']) {
        const [name, ...password] = values['sign-in'].split(':')
        await signIn(page, name, password.join(':'))
      }
      for (const path of paths) {
        troubles.length = 0
        await page.goto(path)
        await settled(page)
        const file = `${folder}/${nameOf(path)}-${width}-${scheme}${script === 'on' ? '' : '-noscript'}.png`
        await page.screenshot({ path: file, fullPage: values.whole })
        console.log(file)
        for (const trouble of troubles) console.log(`  ✗ ${trouble}`)
        wrong += troubles.length
      }
      await context.close()
    }
  }
}
await browser.close()
process.exit(wrong === 0 ? 0 : 1)
