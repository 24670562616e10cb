/**
 * `GET /admin/v1/metrics` returns the counters of every shard of the decision log as text for
 * Prometheus. A shard that does not answer is reported as down, and the others are still returned.
 */
import type { GatewayFacts, ShardCounters } from '../../../core/metrics/facts.ts'
import { chooseFormat, METRICS_CONTENT_TYPES, renderMetrics } from '../../../core/metrics/render.ts'
import { Unavailable } from '../../../core/ports.ts'
import { RELEASE } from '../../../protocol/release.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { NOSNIFF } from '../../http/respond.ts'
import { type DecisionShards, listReachable } from '../../objects/decision-log/shards.ts'

export async function getMetricsRoute(c: AdminContext): Promise<Response> {
  const { decisionLog, issuerFacts, trust } = c.var.gateway
  const background = (task: Promise<unknown>) => c.executionCtx.waitUntil(task)
  const [shards, facts, view] = await Promise.all([
    readShards(decisionLog),
    issuerFacts(),
    trust.load(readClock(), background),
  ])
  const metrics: GatewayFacts = {
    release: RELEASE,
    revision: view.revision,
    shards,
    keySets: facts.issuers,
  }
  const format = chooseFormat(c.req.header('accept'))
  return new Response(renderMetrics(metrics, format), {
    headers: {
      'content-type': METRICS_CONTENT_TYPES[format],
      'cache-control': 'no-store',
      ...NOSNIFF,
    },
  })
}

/** Without a decision log, there are no shards. */
async function readShards(log: DecisionShards | undefined): Promise<GatewayFacts['shards']> {
  if (log === undefined) return []
  const { shards, isComplete } = await listReachable(log)
  // The first shard counts as down if it does not say how many there are.
  return Promise.all(
    shards.map((shard) => (shard === 0 && !isComplete ? undefined : readShard(shard, log))),
  )
}

async function readShard(
  shard: number,
  log: DecisionShards,
): Promise<ShardCounters | null | undefined> {
  try {
    return await log.counters(shard)
  } catch (error) {
    if (error instanceof Unavailable) return undefined
    throw error
  }
}
