/**
 * Starts a gateway on a copy of the stored state of release 0.2.0, `test/vectors/stored-0.2.0`.
 * Times are moved as if the gateway of that release stopped a moment ago. Its issuers do not run.
 */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { importJWK, type JWK, SignJWT } from 'jose'
import {
  type Answer,
  type Attempt,
  exchange,
  GATEWAY,
  signSubject,
} from '../../../scripts/extra/stored-state/attempts.ts'
import { type Started, startProcess } from '../../../scripts/processes.ts'
import { giveSigningKey } from '../../support/canary/keys.ts'
import { deriveKey } from '../../support/derived-keys.ts'
import made from '../../vectors/stored-0.2.0/made.json' with { type: 'json' }
import { root } from './world.ts'

const CLI = join(root, 'dist/cli/shell/main.js')
const FIXTURE = join(root, 'test/vectors/stored-0.2.0/objects')

/** The responses of release 0.2.0 while it made the state. */
export const MADE = made
export const ANSWERS = made.answers as readonly (Attempt & { readonly answer: Answer })[]

type Row = Readonly<Record<string, unknown>>

export type StoredGateway = {
  readonly url: () => string
  readonly said: () => string
  /** The seconds by which the times in the state were moved. */
  readonly movedSeconds: number
  /** Returns a token signed with the key of this gateway, valid for five minutes. */
  readonly issue: (claims: object) => Promise<string>
  /** Exchanges a token for an admin token of the gateway. */
  readonly adminToken: () => Promise<string>
  readonly restart: () => Promise<void>
  /** Returns rows of every object of a class. Works only while the gateway is stopped. */
  readonly rows: (className: string, query: string) => readonly Row[]
  readonly stop: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function startStored(): Promise<StoredGateway> {
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-stored-'))
  const state = join(scratch, 'state')
  await giveSigningKey(state)
  cpSync(FIXTURE, join(state, 'objects'), { recursive: true })
  const movedSeconds = Math.floor(Date.now() / 1000) - MADE.stopped_at
  moveTimes(join(state, 'objects'), movedSeconds)
  const start = () => {
    const flags = ['--port', '0', '--state', state, '--issuer', GATEWAY, '--local-issuers']
    const variables = { BOOTSTRAP_TRUST: MADE.policy }
    return startProcess(process.execPath, [CLI, 'serve', ...flags], variables)
  }
  let gateway: Started = await start()
  const url = () => String(gateway.ready.url)
  const jwk = JSON.parse(readFileSync(join(state, 'signing-key.json'), 'utf8')) as JWK
  const key = await importJWK(jwk, 'ES256')
  return {
    url,
    said: () => gateway.said(),
    movedSeconds,
    issue: (claims) => {
      const iat = Math.floor(Date.now() / 1000)
      const header = { alg: 'ES256', kid: jwk.kid ?? '', typ: 'at+jwt' }
      return new SignJWT({ ...claims, iat, exp: iat + 300 }).setProtectedHeader(header).sign(key)
    },
    async adminToken() {
      const subjectToken = await signSubject(await deriveKey('admin'), MADE.admin_claims)
      const { token, answer } = await exchange(url(), subjectToken, { resource: GATEWAY })
      if (token === '') throw new Error(JSON.stringify(answer))
      return token
    },
    async restart() {
      await gateway.stop()
      gateway = await start()
    },
    rows: (className, query) => readRows(join(state, 'objects'), className, query),
    stop: () => gateway.stop(),
    async close() {
      await gateway.stop()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** Returns rows as release 0.2.0 stored them. */
export function fixtureRows(className: string, query: string): readonly Row[] {
  // SQLite writes files beside the database, so this reads a copy.
  const scratch = mkdtempSync(join(tmpdir(), 'edgemint-stored-'))
  try {
    cpSync(FIXTURE, scratch, { recursive: true })
    return readRows(scratch, className, query)
  } finally {
    rmSync(scratch, { recursive: true })
  }
}

function readRows(objects: string, className: string, query: string): readonly Row[] {
  return openObjects(objects, className).flatMap((database) => {
    const rows = database.prepare(query).all()
    database.close()
    return rows.map((row) => ({ ...row }))
  })
}

function openObjects(objects: string, className: string): readonly DatabaseSync[] {
  const folder = join(objects, 'do', `edgemint-${className}`)
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
  return names.map((name) => new DatabaseSync(join(folder, name)))
}

/** Moves every time that decides whether a row is still valid. */
const MOVES: Readonly<Record<string, string>> = {
  TrustStore: `
    UPDATE issuer_keys SET fetched_at = fetched_at + :by, next_fetch_at = next_fetch_at + :by,
      failed_at = failed_at + :by, replaced_at = replaced_at + :by,
      kid_asked_at = CASE kid_asked_at WHEN 0 THEN 0 ELSE kid_asked_at + :by END`,
  ReplayLedger: 'UPDATE marks SET until = until + :by',
  RevocationLog: 'UPDATE revocations SET expires_at = expires_at + :by',
}

export function moveTimes(objects: string, by: number): void {
  for (const [className, statement] of Object.entries(MOVES)) {
    for (const database of openObjects(objects, className)) {
      database.prepare(statement).run({ by })
      database.close()
    }
  }
  const blobs = join(objects, 'kv/REVOCATIONS/blobs')
  if (!existsSync(blobs)) return
  for (const name of readdirSync(blobs)) {
    const text = readFileSync(join(blobs, name), 'utf8')
    // The new time also has ten digits, because the size of the value is stored elsewhere.
    const moved = text.replace(/\b\d{10}\b/g, (time) => String(Number(time) + by))
    writeFileSync(join(blobs, name), moved)
  }
}
