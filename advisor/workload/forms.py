"""Texts with a syntax: names, addresses and dates that AWS's requests carry as they are."""

from advisor.model.value import Value
from advisor.text.places import UNSEEN


class Form(Value):
    """A text with a syntax: what AWS's service model accepts, or stricter where that is vague."""

    pattern: str
    shortest: int
    longest: int
    says: str
    quoted: bool = True  # an unquoted number or boolean is refused, as editors do


_BUCKET = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_OBJECT_KEY = r"[A-Za-z0-9!_.*'()/=+@:,-]"
# Letters that AWS's pattern for tags (\p{L}) admits, written so that JSON Schema and Python agree
# on them: Latin, Greek, Cyrillic, kana, Han and Hangul.
LETTERS = (
    r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0388-\u038a\u038e-\u03a1\u03a3-\u03f5"
    r"\u0400-\u0481\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3"
)
_TAG_TEXT = rf"[{LETTERS}0-9 _.:/=+@-]*"
_NAME = r"[A-Za-z0-9](?:-*[A-Za-z0-9])*"
_INSTANCE = r"ml\.[a-z][a-z0-9-]{1,15}\.(?:medium|large|xlarge|[1-9][0-9]?xlarge|metal)"
_DAY = "(?:mon|tue|wed|thu|fri|sat|sun)"
_TIME = "(?:[01]?[0-9](?::[0-5][0-9])?|2[0-3](?::[0-5][0-9])?|24(?::00)?)"

FORMS = {
    "name": Form(
        pattern=_NAME,
        shortest=1,
        longest=63,
        says="letters and digits, joined by hyphens, such as fraud-scoring",
    ),
    "region": Form(
        pattern=r"[a-z]{2,4}(?:-[a-z]+)+-[1-9][0-9]?",
        shortest=8,
        longest=32,
        says="a Region such as us-east-1",
    ),
    "instance": Form(
        pattern=_INSTANCE, shortest=8, longest=32, says="an instance type such as ml.m5.xlarge"
    ),
    "image": Form(
        pattern=r"[A-Za-z0-9][A-Za-z0-9._:/@-]*",
        shortest=1,
        longest=255,
        says="an image such as 123456789012.dkr.ecr.us-east-1.amazonaws.com/fraud:1",
    ),
    "artifact": Form(
        pattern=rf"{_BUCKET}/(?:{_OBJECT_KEY}*/|{_OBJECT_KEY}+\.tar\.gz|)",
        shortest=8,
        longest=1024,
        says="an archive such as s3://my-bucket/fraud/model.tar.gz, or a prefix that ends with /;"
        " a bucket's name has 3 to 63 characters",
    ),
    # 128 characters are left for what the requests append; AWS's paths end at 512.
    "bucket": Form(
        pattern=rf"{_BUCKET}(?:/{_OBJECT_KEY}*)?",
        shortest=8,
        longest=384,
        says="a bucket or prefix such as s3://my-bucket/fraud",
    ),
    "role": Form(
        pattern=r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+",
        shortest=20,
        longest=2048,
        says="a role's ARN such as arn:aws:iam::123456789012:role/sagemaker",
    ),
    "kms_key": Form(
        pattern=r"[A-Za-z0-9:/_-]+",
        shortest=1,
        longest=2048,
        says="a key's id, ARN or alias such as alias/ml",
    ),
    "subnet": Form(
        pattern=r"subnet-[0-9a-zA-Z-]+",
        shortest=8,
        longest=32,
        says="a subnet such as subnet-0123456789abcdef0",
    ),
    "security_group": Form(
        pattern=r"sg-[0-9a-zA-Z-]+",
        shortest=4,
        longest=32,
        says="a security group such as sg-0123456789abcdef0",
    ),
    "tag_key": Form(
        pattern=rf"(?![aA][wW][sS]:){_TAG_TEXT}",
        shortest=1,
        longest=128,
        says="letters, digits, spaces and _ . : / = + - @, not starting with aws:",
        quoted=False,
    ),
    "tag": Form(
        pattern=_TAG_TEXT,
        shortest=0,
        longest=256,
        says="letters, digits, spaces and _ . : / = + - @",
        quoted=False,
    ),
    "rule": Form(
        pattern=r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*",
        shortest=1,
        longest=64,
        says="a rule's id such as contested-limit",
        quoted=False,
    ),
    "reference": Form(
        pattern=r"[A-Za-z][A-Za-z0-9_-]*",
        shortest=1,
        longest=64,
        says="a name such as endpoint_config",
        quoted=False,
    ),
    "path": Form(
        pattern=rf"[^\n{UNSEEN}]+",
        shortest=1,
        longest=1024,
        says="PATH or PATH#address",
        quoted=False,
    ),
    "version": Form(
        pattern=r"[A-Za-z0-9](?:[A-Za-z0-9._+-]*[A-Za-z0-9])?",
        shortest=1,
        longest=64,
        says="letters and digits, joined by . _ + -, such as 2026-11-20",
        quoted=False,
    ),
    "step": Form(
        pattern=r"(?:100|[1-9][0-9]?) ?%|[1-9][0-9]{0,3} instances?",
        shortest=2,
        longest=14,
        says="a share such as 10 %, or 1 instance",
    ),
    "alarm": Form(
        pattern=rf"[^\s{UNSEEN}](?:[^\n{UNSEEN}]*[^\s{UNSEEN}])?",
        shortest=1,
        longest=255,
        says="the name of an alarm such as fraud-errors",
        quoted=False,
    ),
    "topic": Form(
        pattern=r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}",
        shortest=20,
        longest=2048,
        says="a topic's ARN such as arn:aws:sns:us-east-1:123456789012:fraud",
    ),
    "variant": Form(
        pattern=r"[A-Za-z0-9](?:-*[A-Za-z0-9])*",
        shortest=1,
        longest=63,
        says="letters and digits, joined by hyphens",
    ),
    "weight": Form(
        pattern=r"(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,3})?",
        shortest=1,
        longest=8,
        says="a number such as 0.25",
        quoted=False,
    ),
    "date": Form(
        pattern=r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
        shortest=10,
        longest=10,
        says="a date such as 2027-03-31",
    ),
    "days": Form(
        pattern=rf"{_DAY}(?:-{_DAY})?(?:, ?{_DAY}(?:-{_DAY})?)*",
        shortest=3,
        longest=64,
        says="days such as mon-fri or sat, sun",
        quoted=False,
    ),
    "hours": Form(
        pattern=rf"{_TIME}-{_TIME}",
        shortest=3,
        longest=11,
        says="from and to, such as 8-18 or 8:30-17",
    ),
    "timezone": Form(
        pattern=r"[A-Z][A-Za-z_]*(?:/[A-Za-z0-9_+-]+){0,2}",
        shortest=3,
        longest=64,
        says="a time zone such as Europe/Berlin",
        quoted=False,
    ),
    "line": Form(
        pattern=rf"[^\n{UNSEEN}]+", shortest=1, longest=128, says="one line of text", quoted=False
    ),
    "text": Form(
        pattern=rf"[^{UNSEEN}]*[^\s{UNSEEN}][^{UNSEEN}]*",
        shortest=1,
        longest=2000,
        says="a reason in words",
        quoted=False,
    ),
}
