// Which methods masto.js has, by its types, and which of them were called. It makes addresses of whatever is asked of it, by
// proxies, so that only its types say what there is. What no check calls stands in `masto_left_out.txt`, with a reason.
import {readFileSync, readdirSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {check} from './told.mjs'

const TYPES = join(dirname(fileURLToPath(import.meta.resolve('masto'))), 'mastodon')
const LEFT_OUT = new URL('masto_left_out.txt', import.meta.url)
const called = new Set()

/** A client that notes down what is called of it: `v1.statuses.$select.favourite`, behind the word that is `before` all. */
export function noted(client, before = []) {
  return new Proxy(client, {
    get(target, name) {
      const inside = target[name]
      return typeof name === 'string' && inside !== undefined ? noted(inside, [...before, name]) : inside
    },
    apply(target, _, words) {
      const answer = target(...words)
      if (before.at(-1) === '$select') return noted(answer, before)
      called.add(before.filter((word) => word !== '$raw').join('.'))
      return answer
    },
  })
}

/** Holds what was called against what there is. A line of the list that ends in `.*` is all that begins so. */
export async function allCalled() {
  const lines = readFileSync(LEFT_OUT, 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
  const left = lines.map((line) => line.split('|')[0].trim())
  const isLeft = (method) => left.some((name) => (name.endsWith('.*') ? method.startsWith(name.slice(0, -1)) : method === name))
  const there = [...methods()]
  await check('every method of masto.js is called, or left out for a reason', () => none(there.filter((one) => !called.has(one) && !isLeft(one))))
  await check('… what is called is a method of it', () => none([...called].filter((one) => !there.includes(one))))
  await check('… and what is left out is one, and is not called', () =>
    none([...[...called].filter(isLeft), ...left.filter((name) => !there.some((one) => one === name || one.startsWith(name.replace('*', ''))))]))
}

function none(names) {
  if (names.length > 0) throw new Error(names.join(' '))
  return true
}

/** Every method: `oauth.revoke`, `streaming.user.subscribe`, `v1.statuses.create`. */
function methods() {
  const found = new Set()
  const walk = (asked, name, path) => {
    // Only what is first in a folder of a version is named from outside.
    const kind = [asked, 'push', 'admin'].find((kind) => interfaces.has(`${kind} ${name}`))
    if (!kind) throw new Error(`masto.js has no type ${name} for ${path.join('.')}`)
    for (const [, member, bracket, what] of interfaces.get(`${kind} ${name}`).matchAll(/^ {4}(?:readonly )?(\$?\w+)(\(.*?\))?: (.*)$/gm)) {
      const resource = what.match(/^(?:(v\d)\.)?([\w$]+Resource);$/)
      if (resource) walk(resource[1] ?? kind, resource[2], [...path, member])
      else if (bracket || /^(Method<|\{)/.test(what)) found.add([...path, member].join('.'))
      else throw new Error(`a type of masto.js is read wrong: ${[...path, member].join('.')}: ${what}`)
    }
  }
  const interfaces = declared()
  walk('rest', 'Client', [])
  walk('oauth', 'Client', ['oauth'])
  walk('streaming', 'Client', ['streaming'])
  return found
}

/** The members of each interface, by the folder that it is in and its name: those for admins are called as others are. */
function declared() {
  const interfaces = new Map()
  for (const folder of ['rest', 'rest/v1', 'rest/v1/push', 'rest/v1/admin', 'rest/v2', 'oauth', 'streaming']) {
    for (const file of readdirSync(join(TYPES, folder)).filter((name) => name.endsWith('.d.ts'))) {
      const text = readFileSync(join(TYPES, folder, file), 'utf8').replace(/\/\*[^]*?\*\//g, '')
      for (const [, name, members] of text.matchAll(/^export interface ([\w$]+)[^{]*\{\n([^]*?)^\}/gm)) {
        interfaces.set(`${folder.split('/').slice(-1)} ${name}`, members)
      }
    }
  }
  return interfaces
}