/** `GET /admin/v1/metrics`, and the data points of Workers Analytics Engine. */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { PATHS } from '../../../../src/protocol/paths.ts'
import { RELEASE } from '../../../../src/protocol/release.ts'
import type { DecisionLog } from '../../../../src/worker/objects/decision-log/decision-log.ts'
import { createRecorder } from '../../support/decisions.ts'
import {
  adminToken,
  applyTrust,
  bearer,
  deployment,
  exchangeForm,
  runWith,
} from '../../support/gateway.ts'
import { quickIssuer, type TestIssuer } from '../../support/issuer.ts'
import { API, trustFor } from '../../support/trust.ts'

let issuer: TestIssuer
let token: string

beforeAll(async () => {
  issuer = await quickIssuer()
  await applyTrust(trustFor(issuer.url))
  token = await adminToken()
})

async function decide(
  bindings: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  const body = new URLSearchParams(exchangeForm(await issuer.mint(), change))
  return createRecorder(bindings)(PATHS.token, { method: 'POST', body })
}

async function metricsOf(
  bindings: Readonly<Record<string, unknown>> = {},
  accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.1',
) {
  const headers = { ...bearer(token), accept }
  const response = await runWith(bindings).send(PATHS.adminMetrics, { headers })
  expect(response.status).toBe(200)
  // `text()` of workerd warns about a content type that it does not know.
  const text = new TextDecoder().decode(await response.arrayBuffer())
  const find = (sample: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${sample} `))
      ?.slice(sample.length + 1)
  return { response, text, find }
}

describe('GET /admin/v1/metrics', () => {
  it('LOG-03 counts what was decided, and never names a caller', async () => {
    const bindings = { DECISION_SHARDS: '1' }
    const labels = 'shard="0",issuer="github",rule="deploy",outcome="granted",reason=""'
    const granted = `edgemint_exchanges_total{${labels}}`
    const before = Number((await metricsOf(bindings)).find(granted) ?? 0)
    await decide(bindings)
    await decide(bindings)
    await decide(bindings, { resource: 'https://nobody.test' })
    const { find, text } = await metricsOf(bindings)
    expect(Number(find(granted))).toBe(before + 2)
    const refused = 'shard="0",issuer="github",rule="",outcome="denied",reason="resource_unknown"'
    expect(find(`edgemint_exchanges_total{${refused}}`)).toBe('1')
    const timed = 'edgemint_exchange_duration_seconds_count{shard="0",issuer="github"}'
    expect(Number(find(timed))).toBe(before + 3)
    expect(find(`edgemint_build_info{version="${RELEASE}"}`)).toBe('1')
    expect(Number(find('edgemint_trust_revision'))).toBeGreaterThan(0)
    expect(text).not.toContain('repo:')
    expect(text).not.toContain('nobody.test')
  })

  it('answers in the format that the reader accepts, and is never cached', async () => {
    const modern = await metricsOf()
    expect(modern.response.headers.get('content-type')).toMatch(/^application\/openmetrics-text;/)
    expect(modern.response.headers.get('cache-control')).toBe('no-store')
    expect(modern.text.endsWith('# EOF\n')).toBe(true)
    const older = await metricsOf({}, '*/*')
    expect(older.response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  })

  it('reports a shard that does not answer, and keeps the others', async () => {
    const namespace = deployment().DECISION_LOG as DurableObjectNamespace<DecisionLog>
    const broken = {
      getByName: (name: string) => {
        if (name.endsWith('-1')) throw new Error('down')
        return namespace.getByName(name)
      },
    }
    const bindings = { DECISION_SHARDS: '2', DECISION_LOG: broken }
    const { find } = await metricsOf(bindings)
    expect(find('edgemint_decision_log_shard_up{shard="0"}')).toBe('1')
    expect(find('edgemint_decision_log_shard_up{shard="1"}')).toBe('0')
    expect(find('edgemint_decision_log_records{shard="1"}')).toBeUndefined()
  })

  it('has no shards without a decision log', async () => {
    const { text, find } = await metricsOf({ DECISION_LOG: undefined })
    expect(text).not.toContain('shard="')
    expect(find(`edgemint_build_info{version="${RELEASE}"}`)).toBe('1')
  })
})

describe('the data points of Analytics Engine', () => {
  it('have names of the deployment, the outcome and the duration', async () => {
    const writeDataPoint = vi.fn()
    const bindings = { METRICS: { writeDataPoint } }
    await decide(bindings)
    await decide(bindings, { resource: 'https://nobody.test' })
    expect(writeDataPoint.mock.calls).toEqual([
      [
        {
          indexes: ['github'],
          blobs: ['granted', '', 'github', 'deploy', API],
          doubles: [expect.any(Number), expect.any(Number)],
        },
      ],
      [
        {
          indexes: ['github'],
          blobs: ['denied', 'resource_unknown', 'github', '', ''],
          doubles: [expect.any(Number), expect.any(Number)],
        },
      ],
    ])
  })

  it('have an index of the length that the platform accepts', async () => {
    const name = 'n'.repeat(128)
    const other = await quickIssuer()
    const document = trustFor(other.url)
    await applyTrust({
      ...document,
      issuers: { [name]: document.issuers.github },
      rules: document.rules.map((rule) => ({ ...rule, from: name })),
    })
    const writeDataPoint = vi.fn()
    const body = new URLSearchParams(exchangeForm(await other.mint()))
    await createRecorder({ METRICS: { writeDataPoint } })(PATHS.token, { method: 'POST', body })
    expect(writeDataPoint.mock.calls[0]?.[0]).toMatchObject({
      indexes: [name.slice(0, 96)],
      blobs: ['granted', '', name, 'deploy', API],
    })
  })
})
