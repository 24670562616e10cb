/**
 * `GET /admin/v1/posture` examines the trust document in force, the use of its rules, the issuers and
 * the signing keys. It never returns findings about use if it does not know the whole use.
 */
import { examinePosture } from '../../../analysis/posture/in-house.ts'
import {
  DEFAULT_UNUSED_DAYS,
  MAX_UNUSED_DAYS,
  type PostureUsage,
  type SigningKeyFacts,
} from '../../../contract/posture/report.ts'
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import type { KeyRing } from '../../../core/tokens/keyring.ts'
import { decodeUtf8 } from '../../../web/bytes.ts'
import { NOTHING, readStoredDocument } from '../../caches/trust/stored-document.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson, respondProblem } from '../../http/respond.ts'
import { DECISION_USAGE_DAYS } from '../../limits.ts'
import type { DecisionShards } from '../../objects/decision-log/shards.ts'
import { sumShardUsage } from '../../objects/decision-log/usage.ts'
import { reportIssuers } from './issuers.ts'

const DAY_SECONDS = 86_400

export async function getPostureRoute(c: AdminContext): Promise<Response> {
  const { settings, trustDocuments, keyRing, decisionLog } = c.var.gateway
  const asked = c.req.query('unused_days') ?? String(DEFAULT_UNUSED_DAYS)
  const unusedDays = /^[1-9]\d{0,2}$/.test(asked) ? Number(asked) : 0
  if (unusedDays < 1 || unusedDays > MAX_UNUSED_DAYS) return refuse()
  const at = readClock()
  const [{ revision, bytes }, issuers, usage] = await Promise.all([
    trustDocuments.current(),
    reportIssuers(c),
    readUse(decisionLog, at),
  ])
  const { trust = NOTHING } = readStoredDocument(revision, bytes, settings.ceilings)
  const document =
    trust === NOTHING ? {} : JSON.parse(decodeUtf8(bytes ?? new Uint8Array()) ?? '{}')
  const input = { trust, document, at, unusedDays, usage, issuers, keys: describeKeys(keyRing) }
  return respondJson(examinePosture(input, revision))
}

function refuse(): Response {
  const message = `must be a number of days from 1 to ${MAX_UNUSED_DAYS}: the decision log keeps the use of ${DECISION_USAGE_DAYS} days`
  return respondProblem({
    ...PROBLEMS.parameterInvalid,
    detail: `nothing was examined: \`unused_days\` ${message}`,
    problems: [{ code: 'days_invalid', path: ['unused_days'], message }],
  })
}

async function readUse(shards: DecisionShards | undefined, at: number): Promise<PostureUsage> {
  if (shards === undefined) return { state: 'off', since: null, rights: [] }
  const sinceDay = Math.floor(at / DAY_SECONDS) - MAX_UNUSED_DAYS
  const asked = (await shards.list()).map((shard) => shards.usage(shard, sinceDay))
  const { rows, isPartial, since } = sumShardUsage(await Promise.all(asked))
  return {
    state: isPartial ? 'partial' : 'on',
    since: since === null ? null : Math.floor(since / 1000),
    rights: rows.map(({ rule, resource, scope, granted, lastAt, outlivedSeconds }) => ({
      rule,
      resource,
      scope,
      granted,
      last_at: Math.floor(lastAt / 1000),
      outlived_seconds: outlivedSeconds,
    })),
  }
}

function describeKeys({ keys }: KeyRing): readonly SigningKeyFacts[] {
  return keys.map(({ keyId, algorithm, activatesAt, retiresAt }) => ({
    key_id: keyId,
    algorithm,
    activates_at: activatesAt,
    retires_at: Number.isFinite(retiresAt) ? retiresAt : null,
  }))
}
