/**
 * Pure code says nothing and calls nobody: console output fails the test that caused it.
 */
import { afterEach, beforeEach, expect, vi } from 'vitest'

const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const

beforeEach(() => {
  for (const method of METHODS) vi.spyOn(console, method).mockImplementation(() => {})
})

afterEach(() => {
  for (const method of METHODS) expect(console[method]).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})
