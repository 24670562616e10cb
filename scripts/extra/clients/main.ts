/**
 * Tests OAuth and OpenID Connect clients in five languages, as their users install them, against a
 * gateway. Tests the gateway against the router of a Kubernetes API server. Prints one line for
 * each, and exits with 1 when one failed. A language whose tools are missing counts as a failure.
 * With `--installed` it is reported and skipped.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { build, CLIENTS, type Client, findMissingTool, runClient } from './programs.ts'
import { startWorld, type World } from './world.ts'

const ROUTER = 'go-restful, as in a Kubernetes API server'
const isInstalledOnly = process.argv.includes('--installed')
const only = process.argv.slice(2).filter((word) => !word.startsWith('--'))
let failures = 0

function report(name: string, isGood: boolean, said: string): void {
  if (!isGood) failures += 1
  console.log(`${isGood ? 'works' : 'FAILS'}  ${name}: ${said}`)
}

function describeFault(error: unknown): string {
  const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
  const message = error instanceof Error ? error.message : String(error)
  const lines = stripVTControlCharacters(`${stdout}\n${stderr}\n${message}`).trim()
  return lines.split('\n').slice(-12).join('\n       ')
}

async function checkClient(world: World, client: Client, folder: string): Promise<void> {
  try {
    const environment = await world.environment(client.needsTls === true)
    report(client.name, true, await runClient(client, folder, environment))
  } catch (error) {
    report(client.name, false, describeFault(error))
  }
}

async function checkRouter(world: World, folder: string): Promise<void> {
  try {
    await world.exchangeKubernetes(join(folder, 'bin/kubernetes'))
    report(ROUTER, true, 'the gateway read its discovery document and keys')
  } catch (error) {
    report(ROUTER, false, describeFault(error))
  }
}

/** Returns the folder of a language's programs, or undefined if they cannot be built here. */
async function prepare(language: Client['language']): Promise<string | undefined> {
  const missing = await findMissingTool(language)
  if (missing !== undefined) {
    if (!isInstalledOnly) failures += 1
    console.log(`not checked  ${language}: ${missing} is not installed on this machine`)
    return undefined
  }
  try {
    return await build(language)
  } catch (error) {
    report(language, false, `its clients could not be built: ${describeFault(error)}`)
    return undefined
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'edgemint-clients-'))
const world = await startWorld(scratch)
try {
  const languages = [...new Set(CLIENTS.map(({ language }) => language))]
  for (const language of only.length === 0
    ? languages
    : languages.filter((l) => only.includes(l))) {
    const folder = await prepare(language)
    if (folder === undefined) continue
    for (const client of CLIENTS.filter((one) => one.language === language)) {
      await checkClient(world, client, folder)
    }
    if (language === 'go') await checkRouter(world, folder)
  }
} finally {
  await world.close()
  rmSync(scratch, { recursive: true, force: true })
}
console.log(failures === 0 ? 'every tested client works' : `${failures} failed`)
process.exitCode = failures === 0 ? 0 : 1
