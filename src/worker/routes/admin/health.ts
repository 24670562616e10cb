/**
 * `GET /admin/v1/health` returns the report of `/health` with names, the release and the revision. Its
 * status is 200 even if the gateway is not ready, because the question was answered.
 */
import type { AdminHealth } from '../../../contract/admin.ts'
import { RELEASE } from '../../../protocol/release.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson } from '../../http/respond.ts'
import { describeHealth } from '../health.ts'

export async function getAdminHealthRoute(c: AdminContext): Promise<Response> {
  const { report, revision } = await describeHealth(c, c.var.gateway, true)
  const answer: AdminHealth = { release: RELEASE, revision, ...report }
  return respondJson(answer)
}
