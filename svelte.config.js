export default {
  // 'tree': components are built element by element, since Trusted Types let no string be read as markup.
  compilerOptions: { runes: true, fragments: 'tree' },
};
