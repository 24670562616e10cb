/**
 * The directory that a local gateway keeps: one gateway at a time, a signing key of its own when
 * none was given, and no process left over from a run that was killed.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { workerdPidFile } from './workerd-guard.ts'

/** How long a killed run may take to let go of its files, in steps of 50 ms. */
const RELEASE_STEPS = 60

/** Claims the directory. Throws when another gateway is using it. */
export async function claimStateDir(stateDir: string): Promise<{ release: () => void }> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const lock = join(stateDir, 'serve.pid')
  const owner = readPid(lock)
  if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
    throw new Error(`another gateway (process ${owner}) is using ${stateDir}`)
  }
  await awaitEndOf(readPid(workerdPidFile(stateDir)))
  writeFileSync(lock, String(process.pid))
  return { release: () => rmSync(lock, { force: true }) }
}

async function awaitEndOf(pid: number | undefined): Promise<void> {
  if (pid === undefined) return
  for (let step = 0; step < RELEASE_STEPS && isAlive(pid); step += 1) await sleep(50)
}

function readPid(path: string): number | undefined {
  if (!existsSync(path)) return undefined
  const pid = Number(readFileSync(path, 'utf8'))
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The signing key of a state directory: the private JWK as text, and its file. */
export type LocalKey = { readonly jwk: string; readonly path: string; readonly isNew: boolean }

/** The key of this state directory, made on first use. For one machine: a deployment has its own. */
export async function loadLocalKey(stateDir: string): Promise<LocalKey> {
  const path = join(stateDir, 'signing-key.json')
  if (existsSync(path)) return { jwk: readFileSync(path, 'utf8'), path, isNew: false }
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  const text = JSON.stringify({ ...jwk, kid, alg: 'ES256', use: 'sig' })
  writeFileSync(path, `${text}\n`, { mode: 0o600 })
  return { jwk: text, path, isNew: true }
}
