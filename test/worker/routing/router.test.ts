import { describe, expect, it } from 'vitest'
import { EndpointRouter } from '../../../src/worker/routing/router.ts'

function routerWith(...routes: readonly (readonly [method: string, path: string])[]) {
  const router = new EndpointRouter<string>()
  for (const [method, path] of routes) router.add(method, path, `${method} ${path}`)
  return router
}

function handlersOf(router: EndpointRouter<string>, method: string, path: string) {
  return router.match(method, path)[0].map(([handler]) => handler)
}

describe('the router of the endpoints', () => {
  it('finds a path without parameters again', () => {
    const router = routerWith(['POST', '/token'], ['GET', '/items/:id'], ['GET', '/items/all'])
    const first = router.match('POST', '/token')
    expect(router.match('POST', '/token')).toBe(first)
    expect(handlersOf(router, 'POST', '/token')).toEqual(['POST /token'])
  })

  it('keeps the methods of one path apart', () => {
    const router = routerWith(['GET', '/trust'], ['PUT', '/trust'])
    for (let round = 0; round < 2; round += 1) {
      expect(handlersOf(router, 'GET', '/trust')).toEqual(['GET /trust'])
      expect(handlersOf(router, 'PUT', '/trust')).toEqual(['PUT /trust'])
      expect(handlersOf(router, 'DELETE', '/trust')).toEqual([])
    }
  })

  it('matches a path with a parameter anew, with its value', () => {
    const router = routerWith(['GET', '/items/:id'])
    const values = ['a', 'b'].map((id) => router.match('GET', `/items/${id}`)[0][0]?.[1])
    expect(values).toMatchObject([{ id: 'a' }, { id: 'b' }])
  })

  it('does not remember what a caller may invent', () => {
    const router = routerWith(['ALL', '/health'], ['GET', '/items/:id'])
    expect(router.match('GET', '/items/:id')).not.toBe(router.match('GET', '/items/:id'))
    expect(router.match('GET', '/unknown')).not.toBe(router.match('GET', '/unknown'))
  })

  it('forgets what it found when a route is added', () => {
    const router = routerWith(['GET', '/a'])
    router.match('GET', '/a')
    router.add('GET', '/a', 'second')
    expect(handlersOf(router, 'GET', '/a')).toEqual(['GET /a', 'second'])
  })
})
