/** The files that pages and comments name. A moved file would otherwise be looked for in vain. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { listPages } from '../conformance/support/docs/pages.ts'
import { root } from './support/project.ts'

const PAGES = [...listPages(), 'CONTRIBUTING.md', 'SECURITY.md', 'src/README.md']
const ROOMS = readNames('src')
const TOPS = ['src', 'test', 'scripts', 'docs', 'examples', 'action', 'ci', 'deploy']

const sources = globSync('{src,test,scripts,action,ci,examples}/**/*.{ts,tsx,json,md}', {
  cwd: root,
}).filter((path) => !/node_modules|action\/dist/.test(path))
const code = sources.filter((path) => /^(?:src|scripts)\/.*\.tsx?$/.test(path))

function readNames(folder: string): readonly string[] {
  return globSync(`${folder}/*/`, { cwd: root }).map((path) => path.slice(folder.length + 1))
}

/** Whether a path that a page names is one of the repository, seen from its root, `src` or the page. */
function isThere(path: string, page: string): boolean {
  const places = [path, join('src', path), normalize(join(dirname(page), path))]
  return places.some((place) => globSync(place, { cwd: root }).length > 0)
}

test('every path of the source that a page names exists', () => {
  const named = PAGES.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/`([\w.-]+)(\/[\w./-]+)`/g)]
      .filter(([, top = '']) => [...ROOMS, ...TOPS].includes(top))
      .map(([, top, rest]) => ({ page, path: `${top}${rest}` })),
  )
  expect(named.length).toBeGreaterThan(1000)
  expect(named.filter(({ page, path }) => !isThere(path, page))).toEqual([])
})

test('every TypeScript file that a comment names exists', () => {
  const named = code.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^\s*(?:\*|\/\/|\/\*\*).*$/gm)]
      .flatMap(([line]) => [...line.matchAll(/`([\w./-]+\.tsx?)`/g)])
      .map(([, name = '']) => ({ file, name })),
  )
  expect(named.length).toBeGreaterThan(20)
  const isKnown = (name: string) => sources.some((path) => `/${path}`.endsWith(`/${name}`))
  expect(named.filter(({ name }) => !isKnown(name))).toEqual([])
})
