/** Folders of a copy, beside the bucket's own. */
export const copyFolders = { anchors: 'anchors', publicKeys: 'public-keys' } as const

/** What a copy says to whoever opens it. */
export const readme = (bucket: string, fingerprint: string): string => `Access log of an Evergreen CRM, for an auditor
${bucket}/AWSLogs/.../CloudTrail/          log files, as they were written (gzip, JSON, CloudTrail's layout)
${bucket}/AWSLogs/.../CloudTrail-Digest/   hourly digests; .meta.json beside each has its signature, as S3 kept it
anchors/       key and hash of digests, as the second region kept them
public-keys/   public keys by fingerprint: the first 32 hex digits of  openssl pkey -pubin -in KEY.pem -outform DER | sha256sum

Check all of it, without the CRM:   npm run access-log -- verify --dir DIR
The keys came with the copy: hold the fingerprint ${fingerprint} against that in the daily mail, or give your own
key by --public-key; hold a hash of the daily mails against the copy by --anchor HASH.

访问日志副本:日志文件、每小时摘要及其签名、异地锚点与公钥。离线核验:npm run access-log -- verify --dir DIR
公钥随副本一起交付,请与每日邮件中的指纹 ${fingerprint} 核对,或用 --public-key 指定您自己保存的公钥。
`
