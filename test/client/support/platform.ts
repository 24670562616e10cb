/** A platform for tests, with the environment that the test sets. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type Environment, findPlatform, type Platform } from '../../../src/client/index.ts'

export function platformOf(environment: Environment, change: Partial<Platform> = {}): Platform {
  return { ...findPlatform(), environment, ...change }
}

export type Scratch = {
  readonly folder: string
  readonly write: (name: string, text: string) => string
  /** Writes a JavaScript program to a file and returns its path. */
  readonly writeProgram: (name: string, source: string) => string
}

export function createScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'edgemint-client-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  return {
    folder,
    write,
    writeProgram(name, source) {
      const path = write(name, `#!${process.execPath}\n${source}\n`)
      chmodSync(path, 0o755)
      return path
    },
  }
}

export type Answers = (request: IncomingMessage, response: ServerResponse) => void

/** Starts a server for one test file, on a port or on a socket, and returns its address. */
export async function serve(answer: Answers, socketPath?: string): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => {
    if (socketPath === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(socketPath, resolve)
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return socketPath ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
