/**
 * `npm run bench:rules`: what documents of 10 to 100,000 rules cost to compile, to keep and to
 * decide from: with exact ids, with globs that each have an owner, and with globs of one owner that
 * differ in the middle or at the start. Each size is measured in the same process, in turns, so
 * that all see the same machine.
 */

import { type CompiledTrust, compileTrust } from '../../dist/analysis/index.js'
import { sealIdentity } from '../../dist/core/evidence/identity.js'
import { evaluate } from '../../dist/core/policy/decide/evaluate.js'

type Kind = 'exact' | 'glob' | 'middle' | 'start'
type Case = { readonly kind: Kind; readonly size: number; readonly trust: CompiledTrust }

const SIZES = [10, 1000, 10_000, 100_000]
const ROUNDS = 7
const ROUND_MILLISECONDS = 250
const AT = 1_800_000_000
const RESOURCE = 'https://api.example.com'
const CEILINGS = {
  gatewayIssuer: 'https://sts.example.com',
  maxTokenLifetimeSeconds: 3600,
  maxRuleExpirySeconds: undefined,
  maxRules: 100_000,
  localIssuers: false,
}

/** The owner of a rule with globs, and of the token that meets it. */
function ownerOf(kind: Kind, index: number): string {
  return kind === 'glob' ? String(1_000_000 + index) : '1000000'
}

function whenOf(kind: Kind, index: number): object {
  if (kind === 'exact') {
    return {
      repository_owner_id: String(9000 + (index % 500)),
      repository_id: String(1_000_000 + index),
      ref: 'refs/heads/main',
      event_name: { not: ['pull_request', 'pull_request_target'] },
    }
  }
  const owner = { repository_owner_id: ownerOf(kind, index) }
  if (kind === 'start') return { ...owner, ref: { glob: `refs/tags/v${index}.*` } }
  return {
    ...owner,
    ref: { glob: 'refs/tags/v*' },
    job_workflow_ref: { glob: `acme/*/.github/workflows/deploy-${index}.yml@refs/**` },
  }
}

function makeDocument(kind: Kind, size: number): object {
  const rules = Array.from({ length: size }, (_, index) => ({
    name: `rule-${index}`,
    owner: 'platform@example.com',
    expires: '2099-12-31',
    from: 'github',
    when: whenOf(kind, index),
    grant: { resource: RESOURCE, scopes: ['read', 'write'] },
  }))
  return {
    version: 1,
    issuers: { github: { provider: 'github-actions' } },
    resources: { [RESOURCE]: { scopes: ['read', 'write'] } },
    rules,
  }
}

/** CPU time of this process: a busy machine adds little to it. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function heapBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function compile(kind: Kind, size: number) {
  const document = makeDocument(kind, size)
  const before = heapBytes()
  const started = cpuMilliseconds()
  const result = compileTrust(document, CEILINGS)
  const milliseconds = cpuMilliseconds() - started
  if ('problems' in result) throw new Error(result.problems[0]?.message)
  return { trust: result.trust, milliseconds, mebibytes: (heapBytes() - before) / 2 ** 20 }
}

function claimsOf(kind: Kind, size: number) {
  const index = size - 1
  const id = String(1_000_000 + index)
  const base = { sub: 'repo:acme/api:ref:refs/heads/main', event_name: 'push', repository_id: id }
  return kind === 'exact'
    ? { ...base, repository_owner_id: String(9000 + (index % 500)), ref: 'refs/heads/main' }
    : {
        ...base,
        repository_owner_id: ownerOf(kind, index),
        ref: kind === 'start' ? `refs/tags/v${index}.2` : 'refs/tags/v1.2.3',
        job_workflow_ref: `acme/api/.github/workflows/deploy-${index}.yml@refs/tags/v1.2.3`,
      }
}

/** Decisions in a second of CPU time, by the rule that is last. */
function measure({ kind, size, trust }: Case): number {
  const identity = sealIdentity({
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'bench',
    tokenId: undefined,
    expiresAt: AT + 300,
    claims: claimsOf(kind, size),
  })
  const request = { resource: RESOURCE, scopes: undefined, rule: undefined }
  const [issuer] = trust.issuers.values()
  if (issuer === undefined) throw new Error('no issuer')
  const decide = () => evaluate({ trust, issuer, identity, request, at: AT })
  const asked = cpuMilliseconds()
  if (decide().kind !== 'granted') throw new Error(`${kind} ${size} was denied`)
  // The clock is not to be a part of what is measured, and a slow case has to end.
  const batch = cpuMilliseconds() - asked > 1 ? 1 : 200
  let count = 0
  const started = cpuMilliseconds()
  while (cpuMilliseconds() - started < ROUND_MILLISECONDS) {
    for (let index = 0; index < batch; index += 1) decide()
    count += batch
  }
  return count / ((cpuMilliseconds() - started) / 1000)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

const cases = (['exact', 'glob', 'middle', 'start'] as const).flatMap((kind) =>
  SIZES.map((size) => {
    compile(kind, Math.min(size, 1000))
    return { kind, size, ...compile(kind, size) }
  }),
)
const rates = new Map(cases.map((entry) => [entry, [] as number[]]))
for (let round = 0; round < ROUNDS; round += 1) {
  for (const entry of cases) rates.get(entry)?.push(measure(entry))
}
console.log('rules               compile ms    kept MiB    decisions/s    time of ten')
for (const entry of cases) {
  const { kind, size, milliseconds, mebibytes } = entry
  const rate = median(rates.get(entry) ?? [])
  const ten = cases.find((other) => other.kind === kind && other.size === 10)
  const times = median((ten && rates.get(ten)) ?? []) / rate
  console.log(
    `${kind.padEnd(9)} ${String(size).padStart(7)}  ${milliseconds.toFixed(1).padStart(12)}${mebibytes
      .toFixed(1)
      .padStart(12)}${Math.round(rate).toString().padStart(15)}${times.toFixed(2).padStart(15)}`,
  )
}
