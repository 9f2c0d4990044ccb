// Reads Kubernetes objects as YAML and prints them as JSON, each with what its published schema says against it.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const objects = [];
for (const document of parseAllDocuments(readFileSync(0, 'utf8'), { uniqueKeys: true })) {
  const errors = document.errors.map((error) => error.message);
  const object = document.toJS();
  const model = await modelOf(object);
  if (model) {
    try {
      new model(object).validate();
    } catch (error) {
      errors.push(error.message);
    }
  }
  objects.push({ object, errors, hasSchema: Boolean(model) });
}
console.log(JSON.stringify(objects));

async function modelOf({ apiVersion, kind }) {
  for (const source of ['kubernetes-models', '@kubernetes-models/keda']) {
    try {
      const module = await import(`${source}/${apiVersion}/${kind}`);
      return module[kind];
    } catch (error) {
      if (!['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'].includes(error.code)) throw error;
    }
  }
  return undefined;
}
