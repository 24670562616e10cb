/** Every exported name has a doc comment, because editors show it. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { manifest, root } from './support/project.ts'

type Name = { readonly file: string; readonly name: string }

const DOORS = Object.values(manifest.exports).filter((target) => target.endsWith('.js'))
const FROM = /^export (?:type )?\{([^}]*)\} from '([^']+)'/gm
const OWN = /^export (?:declare )?(?:const|function|class|type|interface) (\w+)/gm

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Returns the exports of an entry point, each with the file that declares it. */
function listNames(door: string): readonly Name[] {
  const declarations = read(door)
  const others = [...declarations.matchAll(FROM)].flatMap(([, names = '', path = '']) =>
    names.split(',').map((text) => ({
      file: join(dirname(door), path.replace(/\.[jt]s$/, '.d.ts')),
      name: text
        .trim()
        .replace(/^type /, '')
        .replace(/ as \w+$/, ''),
    })),
  )
  const own = [...declarations.matchAll(OWN)].map(([, name = '']) => ({ file: door, name }))
  return [...others, ...own].filter(({ name }) => name !== '')
}

/**
 * Returns whether a doc comment is directly above the name. The comment at the top of a file
 * describes the file.
 */
function isDescribed({ file, name }: Name): boolean {
  const source = read(file.replace(/^(?:\.\/)?dist/, 'src').replace(/\.d\.ts$/, '.ts'))
  const [above = ''] = source.split(new RegExp(`^export [a-z ]+ ${name}\\b`, 'm'))
  if (above === source || !above.endsWith('*/\n')) return false
  return above.slice(0, above.lastIndexOf('/**')).trim() !== ''
}

test.each(DOORS)('%s describes what it exports', (target) => {
  const names = listNames(target.replace(/\.js$/, '.d.ts'))
  const silent = names.filter((name) => !isDescribed(name)).map(({ name }) => name)
  expect(silent).toEqual([])
  expect(names.length).toBeGreaterThan(0)
})
