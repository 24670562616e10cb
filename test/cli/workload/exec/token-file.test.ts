import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { checkTokenFile, createTokenFile } from '../../../../src/cli/workload/exec/token-file.ts'
import { root } from '../../support/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgemint-token-file-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('can be read only by its owner, from the first write to the last', async () => {
  const path = join(folder, 'mode')
  writeFileSync(path, 'world readable', { mode: 0o644 })
  const file = createTokenFile(path)
  for (const token of ['one', 'two']) {
    await file.write(token)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toBe(token)
  }
})

test('a reader never sees half a token', async () => {
  const path = join(folder, 'whole')
  const file = createTokenFile(path)
  const tokens = ['a', 'b'].map((letter) => letter.repeat(64 * 1024))
  await file.write(tokens[0] ?? '')
  let isWriting = true
  const write = async () => {
    for (let count = 0; count < 200; count += 1) await file.write(tokens[count % 2] ?? '')
    isWriting = false
  }
  const written = write()
  let reads = 0
  while (isWriting) {
    expect(tokens).toContain(readFileSync(path, 'utf8'))
    reads += 1
    await new Promise((resolve) => setImmediate(resolve))
  }
  await written
  expect(reads).toBeGreaterThan(0)
  expect(readdirSync(folder).filter((name) => name.startsWith('.whole'))).toEqual([])
})

test('is removed at the end', async () => {
  const file = createTokenFile(join(folder, 'removed'))
  await file.write('token')
  await file.remove()
  await file.remove()
  expect(readdirSync(folder)).not.toContain('removed')
})

test('is not removed when another process has changed it', async () => {
  const [mine, other] = [
    createTokenFile(join(folder, 'shared')),
    createTokenFile(join(folder, 'shared')),
  ]
  await mine.write('first')
  await other.write('second')
  await mine.remove()
  expect(readdirSync(folder)).toContain('shared')
  expect(readFileSync(join(folder, 'shared'), 'utf8')).toBe('second')
})

test('leaves no file behind when it cannot be written', async () => {
  const path = join(folder, 'directory')
  mkdirSync(path)
  await expect(createTokenFile(path).write('token')).rejects.toThrow(
    `cannot write ${path}: it is a directory`,
  )
  await expect(createTokenFile(join(folder, 'no/where')).write('t')).rejects.toThrow(
    ': its directory does not exist',
  )
  // Its draft cannot be removed either.
  const below = join(folder, 'file/x')
  writeFileSync(join(folder, 'file'), '')
  await expect(createTokenFile(below).write('t')).rejects.toThrow(
    `cannot write ${below}: a part of its path is not a directory`,
  )
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
})

test('refuses a path that is a directory, a link or a device', async () => {
  const link = join(folder, 'link')
  symlinkSync(join(folder, 'mode'), link)
  for (const path of [folder, link, '/dev/null']) {
    await expect(checkTokenFile(path)).rejects.toThrow('is not a regular file')
  }
  await expect(checkTokenFile(`${folder}/new/`)).rejects.toThrow('/new/ names a directory')
  await expect(checkTokenFile(join(folder, 'new'))).resolves.toBeUndefined()
})

// Only the umask of a process of its own can be set here.
test.each([
  ['exec/token-file.js', "createTokenFile(path).write('token')"],
  ['credentials/write-file.js', "writeText(path, 'token', 0o600)"],
])('its owner can write it whatever the umask is: %s', async (module, call) => {
  const path = join(folder, `umask-${call.slice(0, 6)}`)
  const url = pathToFileURL(join(root, 'dist/cli/workload', module)).href
  const program = `const { createTokenFile, writeText } = await import('${url}')
    const path = process.argv[1]
    process.umask(0o277)
    await ${call}`
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, path])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})
