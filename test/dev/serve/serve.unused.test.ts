/** A start that fails before workerd runs leaves no state directory, and removes none. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { startGateway } from '../../../src/dev/serve/serve.ts'

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-unused-'))
const other = createServer()
await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
const { port } = other.address() as AddressInfo
afterAll(() => {
  other.close()
  rmSync(scratch, { recursive: true, force: true })
})

it('leaves no new directory behind when its port is in use', async () => {
  const stateDir = join(scratch, 'new')
  await expect(startGateway({ port, stateDir })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(existsSync(stateDir)).toBe(false)
})

it('keeps an existing directory when its port is in use', async () => {
  const stateDir = join(scratch, 'old')
  mkdirSync(stateDir, { mode: 0o700 })
  writeFileSync(join(stateDir, 'signing-key.json'), 'kept', { mode: 0o600 })
  await expect(startGateway({ port, stateDir })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  expect(readFileSync(join(stateDir, 'signing-key.json'), 'utf8')).toBe('kept')
})
