/**
 * The built Worker on workerd with its decision log on disk, and a Worker beside it through which a
 * program appends records and asks shards.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { DRIVER } from './driver.ts'

const BUNDLE = fileURLToPath(new URL('../../../dist/bundle/index.js', import.meta.url))
const COMPATIBILITY_DATE = '2026-10-20'
const HOST = 'driver.invalid'
export const LOG_ISSUER = 'https://sts.example.com'

type AppendOrder = {
  readonly shard: number
  readonly batches: number
  /** Records of each batch. */
  readonly size: number
  /** The number of the first record. It determines what the records say. */
  readonly first: number
  /** The time of record 0, in epoch milliseconds, and the milliseconds between two records. */
  readonly from: number
  readonly step: number
}

export type LogWorld = {
  /** Appends batches one after the other. Returns the id of the first record of each. */
  readonly append: (order: AppendOrder) => Promise<readonly string[]>
  /** Calls a method of a shard with each list of arguments, one call after the other. */
  readonly ask: (
    shard: number,
    method: string,
    args: readonly (readonly unknown[])[],
  ) => Promise<{ readonly milliseconds: number; readonly answers: readonly unknown[] }>
  /** What was exported to the bucket, by name. */
  readonly readBucket: () => Promise<ReadonlyMap<string, Uint8Array>>
  readonly publicKeys: () => Promise<string>
  readonly close: () => Promise<void>
}

export type LogWorldOptions = {
  readonly stateDir: string
  /** A private JWK. */
  readonly key: string
  /** Whether shards export to an R2 bucket. */
  readonly hasBucket: boolean
  readonly variables?: Readonly<Record<string, string>>
}

export async function startLogWorld(options: LogWorldOptions): Promise<LogWorld> {
  const decisionLog = { className: 'DecisionLog', useSQLite: true }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => {},
      resourcePersistencePath: options.stateDir,
      workers: [
        {
          name: 'edgemint',
          modules: [{ type: 'ESModule', path: BUNDLE, contents: readFileSync(BUNDLE, 'utf8') }],
          modulesRoot: '/',
          compatibilityDate: COMPATIBILITY_DATE,
          bindings: {
            ISSUER: LOG_ISSUER,
            LOCAL_GATEWAY: 'true',
            ALLOWED_HOSTS: '127.0.0.1 gateway.invalid',
            SIGNING_KEY_LOG: options.key,
            ...options.variables,
          },
          kvNamespaces: ['REVOCATIONS'],
          ...(options.hasBucket ? { r2Buckets: ['DECISIONS_BUCKET'] } : {}),
          routes: ['gateway.invalid/*'],
          durableObjects: {
            TRUST_STORE: { className: 'TrustStore', useSQLite: true },
            REPLAY_LEDGER: { className: 'ReplayLedger', useSQLite: true },
            REVOCATION_LOG: { className: 'RevocationLog', useSQLite: true },
            DECISION_LOG: decisionLog,
          },
        },
        {
          name: 'driver',
          routes: [`${HOST}/*`],
          modules: true,
          script: DRIVER,
          bindings: { ISSUER: LOG_ISSUER },
          compatibilityDate: COMPATIBILITY_DATE,
          durableObjects: { DECISION_LOG: { ...decisionLog, scriptName: 'edgemint' } },
        },
      ],
    }),
  )
  await miniflare.ready

  async function order<Answer>(path: string, body: unknown): Promise<Answer> {
    const init = { method: 'POST', body: JSON.stringify(body) }
    const response = await miniflare.dispatchFetch(`http://${HOST}${path}`, init)
    if (!response.ok)
      throw new Error(`the driver answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }

  return {
    append: async (wanted) => (await order<{ ids: string[] }>('/append', wanted)).ids,
    ask: (shard, method, args) => order('/ask', { shard, method, args }),
    readBucket: async () => {
      const bucket = await miniflare.getR2Bucket('DECISIONS_BUCKET', 'edgemint')
      const { objects } = await bucket.list()
      const read = async ({ key }: { readonly key: string }) => {
        const content = await (await bucket.get(key))?.arrayBuffer()
        return [key, new Uint8Array(content ?? new ArrayBuffer(0))] as const
      }
      return new Map(await Promise.all(objects.map(read)))
    },
    publicKeys: async () =>
      (await miniflare.dispatchFetch('http://gateway.invalid/jwks.json')).text(),
    close: () => miniflare.dispose(),
  }
}
