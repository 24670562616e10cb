/**
 * The posture of a gateway: what is wrong or wider than needed in its rules, issuers and keys. The
 * Worker and the command line run the same checks. They never read a clock.
 */
import type {
  PostureFinding,
  PostureMapping,
  PostureReport,
} from '../../contract/posture/report.ts'
import { CHECK_IDS, mappingOf } from './checks.ts'
import { type Check, type PostureInput, readSources } from './examined.ts'
import { findFailingIssuers, findKeys, findUnknownUse } from './gateway.ts'
import { findAccepted, findBearers, findNames } from './pins.ts'
import { findLongLives, findUnused } from './rights.ts'
import { findEnds, findOwners, findUnreferenced } from './tended.ts'

const CHECKS: readonly Check[] = [
  findUnused,
  findEnds,
  findOwners,
  findLongLives,
  findBearers,
  findNames,
  findAccepted,
  findFailingIssuers,
  findKeys,
  findUnknownUse,
  findUnreferenced,
]

export function examinePosture(input: PostureInput, revision: number): PostureReport {
  const mapping: Record<string, PostureMapping> = {}
  for (const id of CHECK_IDS) mapping[id] = mappingOf(id)
  const sources = readSources(input.document)
  const findings = CHECKS.flatMap((check) => check(input)).map((found): PostureFinding => {
    const { kind, name } = found.subject
    const position = kind === 'rule' ? sources.get(name)?.position : undefined
    return position === undefined ? found : { ...found, path: ['rules', position] }
  })
  return {
    at: input.at,
    revision,
    unused_days: input.unusedDays,
    // The order within one id is that of the document.
    findings: findings.sort((a, b) => (a.id === b.id ? 0 : a.id < b.id ? -1 : 1)),
    mapping,
    usage: input.usage,
  }
}
