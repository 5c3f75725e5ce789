import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {peersDir, runCommand} from '../peers.ts';
import type {BenchServer} from './server.ts';

const version = '3.1.0';
const dir = join(peersDir, 'dynamodb-local');
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>bench</groupId><artifactId>peer</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>${version}</version>
  </dependency></dependencies>
</project>
`;

export const dynamodbLocal: BenchServer = {
  id: 'dynamodb-local',
  title: 'DynamoDB Local (memory)',
  durability: 'none',
  prepare: async () => {
    if (existsSync(join(dir, 'lib', `DynamoDBLocal-${version}.jar`))) return;
    mkdirSync(dir, {recursive: true});
    writeFileSync(join(dir, 'pom.xml'), pom);
    await runCommand('java', ['-version'], dir);
    await runCommand('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], dir);
  },
  command: ({port}) => ({
    program: 'java',
    args: [
      `-Djava.library.path=${join(dir, 'lib')}`, // the native SQLite library lies beside the jars
      '-cp',
      join(dir, 'lib', '*'),
      'software.amazon.dynamodb.services.local.main.ServerRunner',
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
  }),
};
