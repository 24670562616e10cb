/** Decisions of the current gateway: recorded by exchanges, or written to its shards. */
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import type { DecisionAnswer, DecisionPage } from '../../../src/contract/decisions/answers.ts'
import { formatDecisionId } from '../../../src/contract/decisions/id.ts'
import type { DecisionRecord } from '../../../src/contract/decisions/record.ts'
import { PATHS } from '../../../src/protocol/paths.ts'
import type { Env } from '../../../src/worker/env.ts'
import worker from '../../../src/worker/index.ts'
import type { DecisionLog } from '../../../src/worker/objects/decision-log/decision-log.ts'
import { bearer, deployment, GATEWAY, readJson } from './gateway.ts'

/** An isolate of the current gateway that sends its decisions before a test goes on. */
export function createRecorder(bindings: Readonly<Record<string, unknown>> = {}) {
  const env = { ...deployment(), ...bindings } as Env
  /** Sends a request and waits until its decision is in the log. */
  return async (path: string, init: RequestInit): Promise<Response> => {
    const context = createExecutionContext()
    const response = await worker.fetch(new Request(`${GATEWAY}${path}`, init), env, context)
    await waitOnExecutionContext(context)
    return response
  }
}

type Question = Readonly<Record<string, string>> | readonly (readonly [string, string])[]

/** Asks an isolate with these bindings. */
export function createReader(token: string, bindings: Readonly<Record<string, unknown>> = {}) {
  const env = { ...deployment(), ...bindings } as Env
  const ask = async (path: string, question: Question = {}): Promise<Response> => {
    const query = new URLSearchParams(question as Record<string, string>).toString()
    const request = new Request(`${GATEWAY}${path}?${query}`, { headers: bearer(token) })
    return worker.fetch(request, env, createExecutionContext())
  }
  return {
    ask,
    list: (question: Question = {}) => ask(PATHS.adminDecisions, question),
    exported: (question: Question) => ask(PATHS.adminDecisionsExport, question),
    find: (id: string) => ask(`${PATHS.adminDecisions}/${id}`),
  }
}

export type Reader = ReturnType<typeof createReader>

export async function readPage(response: Response): Promise<DecisionPage> {
  if (response.status !== 200) throw new Error(await response.text())
  return (await readJson(response)) as unknown as DecisionPage
}

export async function readAnswer(response: Response): Promise<DecisionAnswer> {
  if (response.status !== 200) throw new Error(await response.text())
  return (await readJson(response)) as unknown as DecisionAnswer
}

export function recordOf(
  shard: number,
  at: number,
  change: Partial<DecisionRecord> = {},
): DecisionRecord {
  const id = formatDecisionId({ shard, at }, crypto.getRandomValues(new Uint8Array(9)))
  return { v: 1, id, at, outcome: 'granted', rule: 'deploy', issuer: 'ci', ...change }
}

/** Appends one batch to a shard, without the alarm that would sign it later. */
export async function appendTo(shard: number, records: readonly DecisionRecord[]): Promise<void> {
  const stub = deployment().DECISION_LOG?.getByName(`decisions-${shard}`)
  if (stub === undefined) throw new Error('no binding')
  const times = records.map(({ at }) => at)
  await stub.append({
    shard,
    issuer: GATEWAY,
    lines: records.map((record) => JSON.stringify(record)),
    firstId: records[0]?.id ?? '',
    fromAt: Math.min(...times),
    toAt: Math.max(...times),
  })
  await runInDurableObject(stub, (_: DecisionLog, state) => state.storage.deleteAlarm())
}
