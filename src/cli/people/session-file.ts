/**
 * The session of a person at one gateway, in a file that only this user can read. It is replaced as
 * a whole, and never through a symbolic link.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { keepForOwner, makeOwnDirectory, readOwnFile, refuseLink } from '../../dev/in-house.ts'
import { usageFailure } from '../shell/failure.ts'
import { describeFileFault } from '../shell/faults/file-fault.ts'
import { MAX_SESSION_BYTES } from '../shell/limits.ts'
import { SESSION_FILE, sessionPath, stateDirectory } from './state-dir.ts'

/** Raised when an older release could not use the file. */
const VERSION = 1

const sessionSchema = z.object({
  version: z.literal(VERSION),
  /** The issuer URL. */
  gateway: z.string(),
  access_token: z.string(),
  /** Epoch seconds, by the clock of this machine. */
  expires_at: z.number(),
  subject: z.string(),
  scopes: z.array(z.string()),
  /** The provider of the login. A refresh token is sent to no other. */
  provider: z.object({ issuer: z.string(), client_id: z.string(), scopes: z.array(z.string()) }),
  refresh_token: z.optional(z.string()),
})

export type Session = z.infer<typeof sessionSchema>
export type NewSession = Omit<Session, 'version'>

/** Returns undefined if this user is not logged in. Throws a usage failure for an unusable file. */
export function readSession(gateway: string): Session | undefined {
  return readSessionFile(sessionPath(gateway), gateway)
}

/** Returns the sessions of all gateways. Files that cannot be used are left out. */
export function listSessions(): readonly Session[] {
  const directory = stateDirectory()
  return listFiles(directory).flatMap((name) => {
    try {
      return readSessionFile(join(directory, name)) ?? []
    } catch {
      return []
    }
  })
}

/** A user may have the `HOME` of another user, as with `sudo` or in a container, and cannot read there. */
function listFiles(directory: string): readonly string[] {
  try {
    if (!lstatSync(directory).isDirectory()) return []
    return readdirSync(directory).filter((name) => SESSION_FILE.test(name))
  } catch {
    return []
  }
}

function readSessionFile(path: string, gateway?: string): Session | undefined {
  const text = guard(() => readOwnFile(path, MAX_SESSION_BYTES))
  if (text === undefined) return undefined
  refuseSharedFile(path)
  const source = parseJson(text)
  const version = source?.version
  if (typeof version === 'number' && version > VERSION) {
    throw usageFailure(
      `${path} was written by a newer version of edgemint`,
      'use that version, or remove the file and log in again',
    )
  }
  const parsed = sessionSchema.safeParse(source)
  if (!parsed.success || (gateway !== undefined && parsed.data.gateway !== gateway)) {
    throw usageFailure(`${path} is damaged: remove it and log in again`)
  }
  return parsed.data
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Windows has no such modes. */
function refuseSharedFile(path: string): void {
  if (process.platform === 'win32' || (lstatSync(path).mode & 0o077) === 0) return
  throw usageFailure(`${path} can be read by other users: remove it and log in again`)
}

/** Replaces the file. A crash leaves either the old session or the new one. */
export function writeSession(session: NewSession): void {
  const path = sessionPath(session.gateway)
  makeStateDirectory()
  guard(() => refuseLink(path))
  const next = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const text = JSON.stringify({ version: VERSION, ...session }, null, 2)
    writeFileSync(next, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true })
    keepForOwner(next, 0o600)
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw describe(error)
  }
}

/** Makes the directory of all sessions, for this user only. */
export function makeStateDirectory(): void {
  const directory = stateDirectory()
  guard(() => {
    makeOwnDirectory(directory)
    // It may have been made by another program, with other modes.
    chmodSync(directory, 0o700)
  })
}

export function removeSession(gateway: string): void {
  const path = sessionPath(gateway)
  guard(() => refuseLink(path))
  rmSync(path, { force: true })
}

function guard<Value>(action: () => Value): Value {
  try {
    return action()
  } catch (error) {
    throw describe(error)
  }
}

function describe(error: unknown): unknown {
  return error instanceof Error ? usageFailure(describeFileFault(error)) : error
}
