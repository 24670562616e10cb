/** A trust document whose posture is good, and changes of it. */
import { examinePosture } from '../../../src/analysis/posture/posture.ts'
import type { IssuerReport } from '../../../src/contract/admin.ts'
import type {
  PostureFinding,
  PostureReport,
  PostureUsage,
  SigningKeyFacts,
  UsedRight,
} from '../../../src/contract/posture/report.ts'
import { compileTrust } from '../../../src/core/policy/compile/compile.ts'
import type { CompiledTrust } from '../../../src/core/policy/compile/compiled.ts'

export const NOW = Date.parse('2027-03-01T12:00:00Z') / 1000
export const DAY = 86_400
export const API = 'https://api.example.com/v1'

export const rule = (name: string, change: object = {}) => ({
  ...{ name, owner: 'platform@example.com', expires: '2027-12-31', from: 'github' },
  when: { repository_owner_id: '1234567', repository_id: '456789012', ref: 'refs/heads/main' },
  grant: { resource: API, scopes: ['deploy:read', 'deploy:write'], lifetime: '10m' },
  ...change,
})

export const documentOf = (...rules: readonly object[]) => ({
  version: 1,
  issuers: { github: { provider: 'github-actions' } },
  resources: { [API]: { scopes: ['deploy:read', 'deploy:write', 'deploy:list'] } },
  rules,
})

export function used(change: Partial<UsedRight> = {}): readonly UsedRight[] {
  return ['deploy:read', 'deploy:write'].map((scope) => ({
    ...{ rule: 'deploy', resource: API, scope, granted: 3, last_at: NOW - DAY },
    outlived_seconds: 300,
    ...change,
  }))
}

const KEYS: readonly SigningKeyFacts[] = [
  { key_id: 'k1', algorithm: 'ES256', activates_at: NOW - DAY, retires_at: NOW + 30 * DAY },
  { key_id: 'k2', algorithm: 'ES256', activates_at: NOW + 29 * DAY, retires_at: NOW + 90 * DAY },
]

type Change = {
  readonly document?: object
  readonly usage?: Partial<PostureUsage>
  readonly issuers?: readonly IssuerReport[]
  readonly keys?: readonly SigningKeyFacts[]
  readonly unusedDays?: number
}

export function compile(document: object): CompiledTrust {
  const compiled = compileTrust(document, {
    ...{ gatewayIssuer: 'https://sts.example.com', maxTokenLifetimeSeconds: 86_400 },
    ...{ maxRuleExpirySeconds: undefined, localIssuers: false },
  })
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems))
  return compiled.trust
}

export function examine(change: Change = {}): PostureReport {
  const { document = documentOf(rule('deploy')), usage, issuers = [], keys = KEYS } = change
  const input = {
    ...{ trust: compile(document), document, at: NOW, unusedDays: change.unusedDays ?? 30 },
    usage: { state: 'on' as const, since: NOW - 90 * DAY, rights: used(), ...usage },
    ...{ issuers, keys },
  }
  return examinePosture(input, 7)
}

/** The findings without those about resources that require no proof of possession. */
export function findingsOf(change: Change = {}): readonly PostureFinding[] {
  return examine(change).findings.filter(({ id }) => id !== 'POS-09')
}

/** `POS-01 warn deploy`. */
export function namesOf(change: Change = {}): readonly string[] {
  return findingsOf(change).map(({ id, severity, subject }) => `${id} ${severity} ${subject.name}`)
}
