/**
 * The directory that a local gateway keeps: claimed by one gateway at a time, with signing keys of
 * its own when none were given, and no process left over from a run that was killed.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { importKeyRing } from '../../core/tokens/keyring.ts'
import { MAX_KEY_FILE_BYTES, MAX_PID_FILE_BYTES, RELEASE_MILLISECONDS } from '../limits.ts'
import { makeOwnDirectory, readOwnFile, refuseLinksBelow, writeOwnFile } from './safe-files.ts'
import { takeLock } from './state-lock.ts'
import { workerdPidFile } from './workerd-guard.ts'

/** Another gateway has claimed the directory. */
export class StateInUse extends Error {}

/** Claims the directory. Throws `StateInUse` when another gateway is using it. */
export async function claimStateDir(stateDir: string): Promise<{ release: () => void }> {
  makeOwnDirectory(stateDir)
  refuseLinksBelow(stateDir)
  makeOwnDirectory(join(stateDir, 'objects'))
  const lock = await takeLock(join(stateDir, 'serve.lock'))
  // For people alone: the lock decides. A number that was left behind locks nothing.
  const pidFile = join(stateDir, 'serve.pid')
  if (lock === undefined)
    throw new StateInUse(`another gateway${name(pidFile)} is using ${stateDir}`)
  try {
    await awaitEndOf(readPid(workerdPidFile(stateDir)))
    writeOwnFile(pidFile, `${process.pid}\n`)
  } catch (error) {
    lock.release()
    throw error
  }
  return lock
}

function name(pidFile: string): string {
  const pid = readPid(pidFile)
  if (pid === undefined) return ''
  return isAlive(pid) ? ` (process ${pid})` : ` (process ${pid} of another container)`
}

/** A number of a process that is no workerd was left behind. */
async function awaitEndOf(pid: number | undefined): Promise<void> {
  const endsAt = Date.now() + RELEASE_MILLISECONDS
  while (pid !== undefined && isWorkerd(pid) && Date.now() < endsAt) await sleep(20)
}

function isWorkerd(pid: number): boolean {
  if (!isAlive(pid)) return false
  const commandLine = `/proc/${pid}/cmdline`
  if (!existsSync(commandLine)) return true
  return readOwnFile(commandLine, Number.POSITIVE_INFINITY)?.includes('workerd') === true
}

function readPid(path: string): number | undefined {
  const pid = Number(readOwnFile(path, MAX_PID_FILE_BYTES)?.trim())
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The signing key of a state directory: the private JWK as text, and its file. */
export type LocalKey = { readonly jwk: string; readonly path: string; readonly isNew: boolean }

const KEY_FILES = { ES256: 'signing-key.json', RS256: 'signing-key-rs256.json' } as const

/** The keys of this state directory, made on first use. For one machine: a deployment has its own. */
export async function loadLocalKeys(
  stateDir: string,
): Promise<Readonly<Record<keyof typeof KEY_FILES, LocalKey>>> {
  // Many programs verify nothing but RS256, so a resource must be able to ask for it at once.
  const [ES256, RS256] = await Promise.all([
    loadLocalKey(stateDir, 'ES256'),
    loadLocalKey(stateDir, 'RS256'),
  ])
  return { ES256, RS256 }
}

async function loadLocalKey(stateDir: string, alg: keyof typeof KEY_FILES): Promise<LocalKey> {
  const path = join(stateDir, KEY_FILES[alg])
  const kept = readOwnFile(path, MAX_KEY_FILE_BYTES)
  if (kept !== undefined) {
    const [problem] = (await importKeyRing([{ name: path, jwk: kept }])).problems
    if (problem === undefined) return { jwk: kept, path, isNew: false }
    throw new Error(
      `${path} ${problem.message}: restore it from a copy, or remove it for a new key`,
    )
  }
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  const text = JSON.stringify({ ...jwk, kid, alg, use: 'sig' })
  writeOwnFile(path, `${text}\n`)
  return { jwk: text, path, isNew: true }
}
