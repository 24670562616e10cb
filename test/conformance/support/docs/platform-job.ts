/**
 * Starts the token endpoints of a job: the endpoints of the platform on a port and on a socket, and
 * an endpoint for its commands. All return tokens of the dev issuer.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { renderGranted } from '../../../cli/support/sts.ts'
import { startPlatform } from '../platform-server.ts'

export type Mint = (audience: string) => Promise<string>

export type Job = {
  readonly folder: string
  /** The URL of the platform. */
  readonly url: string
  readonly socket: string
  /** The URL at which programs/platform.ts requests a token. It also serves AWS STS. */
  readonly commands: string
  readonly mint: Mint
  readonly writeFile: (name: string, content: string) => string
  readonly close: () => Promise<void>
}

export async function startJob(parent: string, mint: Mint): Promise<Job> {
  const folder = mkdtempSync(join(parent, 'job-'))
  const mintHere = (_: string, audience: string) => mint(audience)
  const platforms = [
    await startPlatform('', mintHere),
    await startPlatform('', mintHere, join(folder, 'api.sock')),
  ] as const
  const commands = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (url.pathname === '/mint') {
      mint(url.searchParams.get('audience') ?? '').then(
        (token) => response.end(token),
        () => response.writeHead(403).end(),
      )
      return
    }
    const form = new URLSearchParams(await text(request))
    const isAws = form.get('Action') === 'AssumeRoleWithWebIdentity'
    response.writeHead(isAws ? 200 : 403, { 'content-type': 'text/xml' })
    response.end(isAws ? renderGranted() : '')
  })
  await new Promise<void>((resolve) => commands.listen(0, '127.0.0.1', resolve))
  return {
    folder,
    url: platforms[0].address,
    socket: platforms[1].address,
    commands: `http://127.0.0.1:${(commands.address() as AddressInfo).port}`,
    mint,
    writeFile(name, content) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    },
    async close() {
      await Promise.all(platforms.map((platform) => platform.close()))
      commands.closeAllConnections()
      await new Promise((resolve) => commands.close(resolve))
    },
  }
}
