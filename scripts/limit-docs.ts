/**
 * Writes docs/limits.md from the files of limits, so that the page has every number with the reason
 * that stands beside it. A test compares the two; run this after a change: `node scripts/limit-docs.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

export const LIMIT_DOCS = new URL('../docs/limits.md', import.meta.url)

/** A room of the house, as its users know it. */
export const ROOMS = [
  ['The gateway', 'src/core/limits.ts'],
  ['Settings and the trust document', 'src/contract/limits.ts'],
  ['Names of hosts', 'src/web/limits.ts'],
  ['The verifier', 'src/verify/limits.ts'],
  ['The Worker in front of an origin', 'src/gateway/limits.ts'],
  ['The SDK', 'src/client/limits.ts'],
  ['The command line', 'src/cli/shell/limits.ts'],
  ['The credential helpers', 'src/cli/workload/credentials/limits.ts'],
  ['The local gateway and the dev issuer', 'src/dev/limits.ts'],
  ['The GitHub Action', 'action/src/limits.ts'],
] as const

/** The page, as it should stand. */
export async function renderLimitDocs(): Promise<string> {
  const rooms = await Promise.all(ROOMS.map(([title, path]) => renderRoom(title, path)))
  return [
    '# Limits',
    '',
    'Every number that Edgemint lives by, and why it is that one. This page is written from the files that the code reads.',
    '',
    'What a deployment may change, it changes by [settings](settings.md), up to the ceilings below; an API by the [options of the verifier](verify.md#options) and of the [Worker in front of an origin](edge-gateway.md#options). [errors.md](errors.md) and [trust-document.md](trust-document.md#what-is-refused) say how what goes beyond a limit is refused.',
    ...rooms.flat(),
    ...renderRateLimits(),
    '',
  ].join('\n')
}

const RATE_LIMIT_REASONS = {
  RATE_LIMIT_ADDRESS:
    'Requests of one address, before a token is looked at. The runners of a company share one address: a thousand jobs at once, with six exchanges and six revocations each. It stops a flood, which is thousands a second.',
  RATE_LIMIT_SUBJECT:
    'Exchanges of one verified subject. All jobs of a matrix share one `sub`: 256 on GitHub Actions, 200 with `parallel` on GitLab, some hundred pods of one service account; eleven exchanges for each of 256 jobs. It stops a loop that exchanges for each call.',
} as const

/** The numbers stand in the settings of a deployment and not in code. */
function renderRateLimits(): readonly string[] {
  const settings = readFileSync(new URL('../wrangler.toml', import.meta.url), 'utf8')
  const rows = Object.entries(RATE_LIMIT_REASONS).map(([name, reason]) => {
    const row = new RegExp(
      `name = "${name}"\\n.*\\nsimple = \\{ limit = (\\d+), period = (\\d+) \\}`,
    )
    const [, limit, period] = row.exec(settings) ?? []
    return `| \`${name}\` | ${Number(limit).toLocaleString('en')} in ${period} s | ${reason} |`
  })
  return [
    ...['', '## The rate limits of a deployment', '', '`wrangler.toml`', ''],
    'Each location of the platform counts by itself. Who meets a limit gets 429 with `Retry-After: 60`; every client of this package waits that long and tries again. Change a limit together with the variable that tells it (`RATE_LIMIT_ADDRESS_POLICY`, `RATE_LIMIT_SUBJECT_POLICY`).',
    ...['', '| binding | limit | why |', '|---|---|---|'],
    ...rows,
  ]
}

const SECTION = /^\/\/ --- (.+?) -+$/
const CONSTANT = /^export const ([A-Z0-9_]+) =/

async function renderRoom(title: string, path: string): Promise<readonly string[]> {
  const url = new URL(`../${path}`, import.meta.url)
  const values = (await import(url.href)) as Readonly<Record<string, number>>
  const head = ['', '| limit | value | why |', '|---|---|---|']
  const page = ['', `## ${title}`, '', `\`${path}\``]
  const lines = readFileSync(url, 'utf8').split('\n')
  let isInTable = false
  for (const [at, line] of lines.entries()) {
    const section = SECTION.exec(line)?.[1]
    if (section !== undefined) page.push('', `### ${section}`)
    if (section !== undefined) isInTable = false
    const name = CONSTANT.exec(line)?.[1]
    if (name === undefined) continue
    if (!isInTable) page.push(...head)
    isInTable = true
    page.push(
      `| \`${name}\` | ${renderValue(name, values[name] ?? 0)} | ${readReason(lines, at)} |`,
    )
  }
  return page
}

/** The comment that ends right above; a constant without one shares that of the one before it. */
function readReason(lines: readonly string[], at: number): string {
  const above = lines[at - 1] ?? ''
  if (CONSTANT.test(above)) return 'as above'
  if (!above.endsWith('*/')) return ''
  const comment = lines.slice(0, at).join('\n')
  const text = comment.slice(comment.lastIndexOf('/**') + 3, -2)
  return text
    .replaceAll(/\s*\n \*\s*/g, ' ')
    .replaceAll('|', '\\|')
    .trim()
}

function renderValue(name: string, value: number): string {
  if (/BYTES/.test(name)) return renderBytes(value)
  if (/MILLISECONDS/.test(name) && value % 1000 !== 0) return `${value} ms`
  if (/MILLISECONDS/.test(name)) return renderSeconds(value / 1000)
  if (/SECONDS/.test(name)) return renderSeconds(value)
  if (name === 'MAX_NUMERIC_DATE') return '2^40'
  return Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toFixed(2)))
}

function renderBytes(value: number): string {
  if (value >= 1024 * 1024 && value % (1024 * 1024) === 0) return `${value / (1024 * 1024)} MiB`
  return value % 1024 === 0 ? `${value / 1024} KiB` : `${value.toLocaleString('en')} bytes`
}

function renderSeconds(value: number): string {
  if (value > 86_400 && value % 86_400 === 0) return `${value / 86_400} days`
  if (value >= 3600 && value % 3600 === 0) return `${value / 3600} h`
  return value >= 120 && value % 60 === 0 ? `${value / 60} min` : `${value} s`
}

if (process.argv[1] === import.meta.filename) writeFileSync(LIMIT_DOCS, await renderLimitDocs())
