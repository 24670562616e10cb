/** Asks a gateway for its posture, and checks the answer. */
import { parseObject } from '../../client/in-house.ts'
import type { PostureFinding, PostureReport, UsedRight } from '../../contract/posture/report.ts'
import { PATHS } from '../../protocol/paths.ts'
import { isJsonObject } from '../../web/json.ts'
import { type AdminAccess, ask, describeProblem, notAGateway } from '../trust/admin-api.ts'

/** Without days, the gateway chooses. */
export async function getPosture(access: AdminAccess, unusedDays?: number): Promise<PostureReport> {
  const query =
    unusedDays === undefined ? '' : `?${new URLSearchParams({ unused_days: String(unusedDays) })}`
  const answer = await ask(access, { method: 'GET' }, `${PATHS.adminPosture}${query}`)
  if (answer.status !== 200) throw describeProblem(answer)
  const report = parseObject(answer.text)
  if (!isReport(report)) throw notAGateway(answer.status)
  return report
}

function isReport(value: unknown): value is PostureReport {
  if (!isJsonObject(value) || !isJsonObject(value.usage) || !isJsonObject(value.mapping))
    return false
  const { at, revision, findings, usage } = value
  return (
    typeof at === 'number' &&
    typeof revision === 'number' &&
    typeof value.unused_days === 'number' &&
    Array.isArray(findings) &&
    findings.every(isFinding) &&
    typeof usage.state === 'string' &&
    (usage.since === null || typeof usage.since === 'number') &&
    Array.isArray(usage.rights) &&
    usage.rights.every(isRight)
  )
}

function isFinding(value: unknown): value is PostureFinding {
  if (!isJsonObject(value) || !isJsonObject(value.subject)) return false
  const { id, severity, message, fix, subject } = value
  return [id, severity, message, fix, subject.kind, subject.name].every(
    (text) => typeof text === 'string',
  )
}

function isRight(value: unknown): value is UsedRight {
  if (!isJsonObject(value)) return false
  const { rule, resource, scope, granted, last_at: lastAt } = value
  return (
    [rule, resource, scope].every((text) => typeof text === 'string') &&
    [granted, lastAt].every((number) => typeof number === 'number')
  )
}
