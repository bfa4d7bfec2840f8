/** Sets variables of this process until `undo`: a stack that starts in it later must not find them. */
export function setEnvironment(variables: Record<string, string>): { undo(): void } {
  const before = Object.keys(variables).map(name => [name, process.env[name]] as const)
  Object.assign(process.env, variables)
  return {
    undo: () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    },
  }
}
