/**
 * The canary in tests that run on workerd: in what is logged, in what the Worker answers, and, when
 * a file has ended, in every row of every Durable Object and in KV.
 */
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../../src/worker/index.ts'
import { watchConsole } from '../../support/canary/console.ts'
import { reportSightings } from '../../support/canary/report.ts'
import { look, lookForCanary } from '../../support/canary/watch.ts'

const watched = new WeakSet<object>()

/** A grant is the place of an issued token; every other answer is no place for any. */
export function watchWorker(gateway: typeof worker): void {
  // Files share one isolate, and with it this Worker.
  if (watched.has(gateway)) return
  const { fetch } = gateway
  const watch: typeof fetch = async (request, ...rest) => {
    const { pathname } = new URL(request.url)
    const response = await fetch(request, ...rest)
    const text = `${[...response.headers].flat().join(' ')} ${await response.clone().text()}`
    const see = pathname === '/token' && response.status === 200 ? lookForCanary : look
    see('answers', `${response.status} of ${request.method}`, text)
    return response
  }
  Object.assign(gateway, { fetch: watch })
  watched.add(gateway)
}

/** Every row of every table of one object, and what is stored beside them. */
export function readObject(object: DurableObjectStub): Promise<readonly string[]> {
  return runInDurableObject(object, async (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .filter(({ name }) => !name.startsWith('_cf_') && !name.startsWith('sqlite_'))
    const rows = tables.flatMap(({ name }) =>
      [...storage.sql.exec(`SELECT * FROM "${name}"`)].map((row) => `${name} ${renderRow(row)}`),
    )
    return [...rows, ...[...(await storage.list())].map((entry) => JSON.stringify(entry))]
  })
}

function renderRow(row: Readonly<Record<string, SqlStorageValue>>): string {
  const values = Object.values(row).map((value) =>
    value instanceof ArrayBuffer ? new TextDecoder('latin1').decode(value) : value,
  )
  return JSON.stringify(values)
}

export async function lookAtStores(): Promise<void> {
  for (const namespace of [env.TRUST_STORE, env.REVOCATION_LOG, env.REPLAY_LEDGER]) {
    const objects = namespace as unknown as DurableObjectNamespace
    for (const id of await listDurableObjectIds(objects)) {
      for (const row of await readObject(objects.get(id)))
        look('stored rows', row.split(' ')[0] ?? '', row)
    }
  }
  const { keys } = await env.REVOCATIONS.list()
  for (const { name } of keys)
    look('stored rows', 'KV', `${name} ${await env.REVOCATIONS.get(name)}`)
}

watchConsole()
watchWorker(worker)
reportSightings(lookAtStores)
