/**
 * Writes docs/limits.md from the limits.ts files, so that the page lists every limit with the
 * reason beside it. A test compares the page with the files. Run this after a change: `node
 * scripts/limit-docs.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

export const LIMIT_DOCS = new URL('../docs/limits.md', import.meta.url)

/** Each file of limits, with the heading of its section. */
export const ROOMS = [
  ['The gateway', 'src/core/limits.ts'],
  ['Chains of tokens', 'src/core/policy/actors/limits.ts'],
  ['Decision records', 'src/core/decisions/limits.ts'],
  ['The Worker', 'src/worker/limits.ts'],
  ['The layers between an isolate and the trust store', 'src/worker/trust-layers/limits.ts'],
  ['Status lists', 'src/worker/caches/status/limits.ts'],
  ['Revocations in the admin API', 'src/worker/routes/admin/revocations/limits.ts'],
  ['Settings and the trust document', 'src/contract/limits.ts'],
  ['Trust files', 'src/analysis/source/limits.ts'],
  ['The posture report', 'src/analysis/posture/limits.ts'],
  ['Host names', 'src/web/limits.ts'],
  ['DPoP proofs', 'src/protocol/dpop/limits.ts'],
  ['The verifier', 'src/verify/limits.ts'],
  ['The Worker in front of an origin', 'src/gateway/limits.ts'],
  ['The SDK', 'src/client/limits.ts'],
  ['The command line', 'src/cli/shell/limits.ts'],
  ['The credential helpers', 'src/cli/workload/credentials/limits.ts'],
  ['Backups of a state directory', 'src/cli/backup/state/limits.ts'],
  ['The local gateway and the dev issuer', 'src/dev/limits.ts'],
  ['The GitHub Action', 'action/src/limits.ts'],
] as const

/** Returns the page that the files describe. */
export async function renderLimitDocs(): Promise<string> {
  const rooms = await Promise.all(ROOMS.map(([title, path]) => renderRoom(title, path)))
  return [
    '# Limits',
    '',
    'Every limit of Edgemint, with its reason. This page is generated from the files that the code reads.',
    '',
    'A deployment can change some limits with [settings](settings.md), up to the ceilings below. An API can change others with the [options of the verifier](verify.md#options) and of the [Worker in front of an origin](edge-gateway.md#options). [errors.md](errors.md) and [trust-document.md](trust-document.md#what-is-refused) describe how a value beyond a limit is refused.',
    ...rooms.flat(),
    ...renderRateLimits(),
    '',
  ].join('\n')
}

const RATE_LIMIT_REASONS = {
  RATE_LIMIT_ADDRESS:
    'Requests from one address, counted before a token is read. The runners of a company can share one address: a thousand jobs at once, with six exchanges and six revocations each. The limit stops a flood of thousands of requests a second.',
  RATE_LIMIT_SUBJECT:
    'Exchanges of one verified subject. All jobs of a matrix share one `sub`: 256 jobs on GitHub Actions, 200 with `parallel` on GitLab, or several hundred pods of one service account. The limit allows eleven exchanges for each of 256 jobs. It stops a program that exchanges a token for each call.',
} as const

/** These limits are in the settings of a deployment and not in code. */
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
    'Each location of the platform counts separately. A caller that exceeds a limit gets 429 with the period of the reported limit in `Retry-After`, and 60 if it is not reported. Every client of this package waits that long and retries. When you change a limit, also change the variable that reports it: `RATE_LIMIT_ADDRESS_POLICY` or `RATE_LIMIT_SUBJECT_POLICY`.',
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

/**
 * Returns the comment directly above. A constant without one shares the reason of the constant
 * before it.
 */
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
