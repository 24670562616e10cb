/**
 * Makes the notices that licences require when code is copied. Lists the packages of a bundle, from
 * the metafile of esbuild, with the licence text of each. Fails for a package without a licence
 * file.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of the metafile that this file reads. */
export type Metafile = {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >
}

/**
 * The package name with its scope. The last one in the path counts, because packages can contain
 * others.
 */
const PACKAGE = /^.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//

/** Returns the folders of the packages whose code is in the output, sorted. */
export function listBundled({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const found = bytesInOutput > 0 ? PACKAGE.exec(path)?.[0] : undefined
    return found === undefined ? [] : [found.slice(0, -1)]
  })
  return [...new Set(folders)].toSorted()
}

/** Returns the text of the notices file of a bundle. */
export function renderNotices(what: string, metafile: Metafile, root: string): string {
  const folders = listBundled(metafile)
  if (folders.length === 0) return `${what} contains no code of third parties.\n`
  const notices = folders.map((folder) => readNotice(join(root, folder)))
  const head = `${what} contains code of the packages below, under these licences.\n`
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
