// A headless Chromium that reaches this machine only, and a list of everything that went wrong in it.

import { chromium } from 'playwright-core'

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium'
// The last one proves that no page fetches anything from elsewhere: other names do not resolve.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
]

export const launch = () => chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS })

/**
 * A window of its own: `width` in CSS pixels, `scheme` light or dark, `script` whether JavaScript runs, `others` who may be
 * asked beside `base`.
 */
export async function open(browser, base, { width = 1100, height = 900, scheme = 'light', script = true, cookies = [], others = [] } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height },
    colorScheme: scheme,
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: base })))
  const page = await context.newPage()
  return { context, page, troubles: await watch(page, [base, ...others]) }
}

/** Collects what must not happen: script errors, violated policies, failed requests, answers of 400 and above, strangers. */
export async function watch(page, bases) {
  const origins = bases.map((base) => new URL(base).origin)
  const troubles = []
  const note = (what) => troubles.push(`${what} (on ${page.url()})`)
  page.on('console', (message) => message.type() === 'error' && note(`console: ${message.text()}`))
  page.on('pageerror', (error) => note(`script: ${error.message}`))
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText
    // The browser gives up what it was loading when it goes to the next page.
    if (why !== 'net::ERR_ABORTED') note(`request: ${request.url()} ${why}`)
  })
  page.on('response', (response) => response.status() >= 400 && note(`answer: ${response.status()} ${response.request().method()} ${response.url()}`))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && !origins.includes(url.origin)) note(`stranger: ${request.url()}`)
  })
  // Violations reach the console only sometimes; the event always tells. Without JavaScript the console must do.
  await page.exposeFunction('comityViolation', (what) => note(`policy: ${what}`))
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => window.comityViolation(`${event.violatedDirective} ${event.blockedURI}`)),
  )
  return troubles
}

/** Loaded, and a moment for scripts. Not until the network is idle: a page that stays live never lets it be. */
export async function settled(page) {
  await page.waitForLoadState('load')
  await page.waitForTimeout(150)
}

export async function signIn(page, name, password) {
  await page.goto('/sign-in')
  const form = page.locator('form[action$="/sign-in"]')
  await form.locator('[name=name]').fill(name)
  await form.locator('[name=password]').fill(password)
  await Promise.all([page.waitForURL((url) => url.pathname !== '/sign-in'), form.locator('button:not([type=button])').first().click()])
}
