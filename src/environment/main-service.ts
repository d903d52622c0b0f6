/** The service that an environment's URL leads to: `web`, or the first public one; undefined where all are internal. */
export function mainService<S extends { name: string; internal: boolean }>(services: S[]): S | undefined {
  const open = services.filter(({ internal }) => !internal);
  return open.find(({ name }) => name === "web") ?? open[0];
}
