/** Code that a page shows from an example is equal to that example. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './support/project.ts'

/** A sentence that names the file, and the block below it. */
const EXCERPT = /[Ff]rom \[(examples\/[^\]]+)\]\(([^)]+)\)[^\n]*\n\n```ts\n([\s\S]*?)```/g

const excerpts = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(EXCERPT)].map(
      ([, path = '', link = '', code = '']) => ({ page, path, link, code }),
    ),
  )

test.each(excerpts)('docs/$page shows the exact text of $path', ({ page, path, link, code }) => {
  expect(link).toBe(relative(dirname(join('docs', page)), path))
  expect(readFileSync(join(root, path), 'utf8')).toContain(code)
})

test('the pages for API owners show excerpts', () => {
  const count = (page: string) => excerpts.filter((excerpt) => excerpt.page === page).length
  const pages = ['express', 'fastify', 'hono', 'workers'].map((name) => `api-owners/${name}.md`)
  expect([...pages, 'edge-gateway.md'].map(count)).toEqual([2, 1, 1, 1, 2])
})
