/**
 * Looks for the canary in tests that run on workerd: in log lines, in answers of the Worker and,
 * after each file, in every row of every Durable Object and in KV.
 */
import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { records } from '../../../src/worker/compose.ts'
import type worker from '../../../src/worker/index.ts'
import { decompress } from '../../../src/worker/objects/decision-log/batches.ts'
import { look, lookForCanary } from '../../support/canary/watch.ts'

const watched = new WeakSet<object>()

/** Only the answer of a successful exchange or sign-in may contain an issued token. */
export function watchWorker(gateway: typeof worker): void {
  // The files share one isolate and this Worker.
  if (watched.has(gateway)) return
  const { fetch } = gateway
  const watch: typeof fetch = async (request, ...rest) => {
    const { pathname } = new URL(request.url)
    const response = await fetch(request, ...rest)
    // Otherwise the log lines of this answer would come later, perhaps in another test.
    records.flush()
    // The runtime warns if `text()` reads a type that it does not know as text.
    const body = new TextDecoder().decode(await response.clone().arrayBuffer())
    const text = `${[...response.headers].flat().join(' ')} ${body}`
    const { status } = response
    const hasToken = ['200 /token', '303 /console/callback'].includes(`${status} ${pathname}`)
    const see = hasToken ? lookForCanary : look
    see('answers', `${response.status} of ${request.method}`, text)
    return response
  }
  Object.assign(gateway, { fetch: watch })
  watched.add(gateway)
}

/** Every row of every table of one object, and its other storage. */
export function readObject(object: DurableObjectStub): Promise<readonly string[]> {
  return runInDurableObject(object, async (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .filter(({ name }) => !name.startsWith('_cf_') && !name.startsWith('sqlite_'))
    const rows: string[] = []
    for (const { name } of tables) {
      const stored = storage.sql.exec(`SELECT * FROM "${name}"`).toArray()
      for (const row of stored) rows.push(`${name} ${await renderRow(row)}`)
    }
    return [...rows, ...[...(await storage.list())].map((entry) => JSON.stringify(entry))]
  })
}

async function renderRow(row: Readonly<Record<string, SqlStorageValue>>): Promise<string> {
  const values = Object.values(row).map((value) =>
    value instanceof ArrayBuffer ? renderBytes(value) : value,
  )
  return JSON.stringify(await Promise.all(values))
}

/** Bytes that are compressed, as blocks of the decision log are, are searched in their first form. */
async function renderBytes(bytes: ArrayBuffer): Promise<string> {
  const [first, second] = new Uint8Array(bytes)
  if (first === 0x1f && second === 0x8b) return decompress(bytes)
  return new TextDecoder('latin1').decode(bytes)
}

type Namespace = DurableObjectNamespace
const LEDGER = env.REPLAY_LEDGER as unknown as Namespace
const OF_ONE_FILE = [
  env.TRUST_STORE,
  env.REVOCATION_LOG,
  env.DECISION_LOG,
  env.STATUS_LISTS,
] as unknown as readonly Namespace[]
/** A file makes itself objects with random names in the first two; these two are of every file. */
const SHARED = [
  env.TRUST_STORE.idFromName('trust'),
  env.REVOCATION_LOG.idFromName('revocations'),
].map(String)

/** Objects of files that have ended, by id. */
const ended = new Set<string>()

/** What the file that runs has stored. Returns the ids of its own objects. */
export async function lookAtStores(): Promise<readonly string[]> {
  const ofFile = await Promise.all(OF_ONE_FILE.map(lookAtObjects))
  await lookAtObjects(LEDGER)
  const { keys } = await env.REVOCATIONS.list()
  for (const { name } of keys)
    look('stored rows', 'KV', `${name} ${await env.REVOCATIONS.get(name)}`)
  return ofFile.flat()
}

/** Hands every row of each object to the canary, and returns the ids of the objects. */
async function lookAtObjects(objects: Namespace): Promise<readonly string[]> {
  const ids = (await listDurableObjectIds(objects)).filter((id) => !ended.has(`${id}`))
  const stored = await Promise.all(ids.map((id) => readObject(objects.get(id))))
  for (const row of stored.flat()) look('stored rows', row.split(' ')[0] ?? '', row)
  return ids.map(String)
}

/** Looks once more when a file has ended. The files after it do not read its objects again. */
export async function lookAtStoresOfFile(): Promise<void> {
  for (const id of await lookAtStores()) if (!SHARED.includes(id)) ended.add(id)
}
