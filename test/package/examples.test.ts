/** Code that the pages show under the name of an example is the code of that example. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './support/project.ts'

/** A sentence that names the file, and the block right below it. */
const EXCERPT = /[Ff]rom \[(examples\/[^\]]+)\]\(([^)]+)\)[^\n]*\n\n```ts\n([\s\S]*?)```/g

const excerpts = readdirSync(join(root, 'docs'))
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(EXCERPT)].map(
      ([, path = '', link = '', code = '']) => ({ page, path, link, code }),
    ),
  )

test.each(excerpts)('docs/$page shows $path as it is', ({ path, link, code }) => {
  expect(link).toBe(`../${path}`)
  expect(readFileSync(join(root, path), 'utf8')).toContain(code)
})

test('the pages for API owners have their excerpts', () => {
  const count = (page: string) => excerpts.filter((excerpt) => excerpt.page === page).length
  expect([count('verify.md'), count('edge-gateway.md')]).toEqual([5, 2])
})
