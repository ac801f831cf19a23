// Writes the software bill of materials of a build, in CycloneDX: its third-party packages and their licences. It has
// no date and no serial number, so that the same sources give the same bytes.

import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { Dependency } from './dependencies.ts';

export function billOfMaterials(
  app: { name: string; version: string; license: string },
  dependencies: readonly Dependency[],
): string {
  const bom = new Models.Bom();
  const root = component(Enums.ComponentType.Application, app);
  bom.metadata.component = root;
  for (const dependency of dependencies) {
    const part = component(Enums.ComponentType.Library, dependency);
    bom.components.add(part);
    root.dependencies.add(part.bomRef);
  }
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function component(
  type: Enums.ComponentType,
  { name, version, license }: Pick<Dependency, 'name' | 'version' | 'license'>,
): Models.Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return new Models.Component(type, name, {
    version,
    purl,
    bomRef: purl,
    licenses: new Models.LicenseRepository([
      license.includes(' ') ? new Models.LicenseExpression(license) : new Models.SpdxLicense(license),
    ]),
  });
}
