/**
 * The notices that licences ask for when code is copied: which packages are in a bundle, from
 * esbuild's own account of it, with the licence text of each. Fails for a package without one.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of esbuild's metafile that is read here. */
export type Metafile = {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >
}

/** With its scope; the last one in the path, as packages may bring others inside them. */
const PACKAGE = /^.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//

/** The folders of the packages whose code is in the output, sorted. */
export function listBundled({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const found = bytesInOutput > 0 ? PACKAGE.exec(path)?.[0] : undefined
    return found === undefined ? [] : [found.slice(0, -1)]
  })
  return [...new Set(folders)].toSorted()
}

/** The text of the file that goes beside the bundle. */
export function renderNotices(what: string, metafile: Metafile, root: string): string {
  const folders = listBundled(metafile)
  if (folders.length === 0) return `${what} holds no code of third parties.\n`
  const notices = folders.map((folder) => readNotice(join(root, folder)))
  const head = `${what} holds code of the packages below, under these licences.\n`
  return [head, ...notices].join(`\n${'-'.repeat(80)}\n\n`)
}

function readNotice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly version: string
    readonly license?: string
  }
  const files = readdirSync(folder).filter((name) => /^(?:licen[cs]e|notice)(?:\.|$)/i.test(name))
  if (files.length === 0) throw new Error(`${manifest.name} has no licence file`)
  const texts = files.toSorted().map((name) => readFileSync(join(folder, name), 'utf8').trim())
  const head = `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})`
  return `${[head, ...texts].join('\n\n')}\n`
}
