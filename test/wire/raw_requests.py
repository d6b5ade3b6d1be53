# SPDX-License-Identifier: MIT
"""Raw requests: each rule of RFC 9110 and 9112, right and wrong.

A name says the rule and the case. Behind each request wire.py sends GET /end
as a second one: whoever takes the first for longer or shorter than it is
answers that wrongly, or not at all.
"""

HOST = b"Host: a\r\n"
CONTROLS = [byte for byte in range(0x20) if byte not in (0x09, 0x0a, 0x0d)]
SEPARATORS = b"\"(),/;<=>?@[\\]{}"


def get(target=b"/", version=b"HTTP/1.1", fields=HOST, method=b"GET"):
    return method + b" " + target + b" " + version + b"\r\n" + fields + b"\r\n"


def post(fields, body, version=b"HTTP/1.1"):
    return b"POST / " + version + b"\r\n" + HOST + fields + b"\r\n" + body


def chunked(body, fields=b"Transfer-Encoding: chunked\r\n",
            version=b"HTTP/1.1"):
    return post(fields, body, version)


def label(value):
    """Bytes in a name: printable ASCII as it is, the rest as \\xNN."""
    text = "".join(chr(byte) if 0x21 <= byte < 0x7f else f"\\x{byte:02x}"
                   for byte in value)
    return text if len(text) <= 40 else f"{text[:20]}...({len(value)})"


def request_lines():
    yield "request line, plain", get()
    for version in (b"HTTP/1.0", b"HTTP/1.2", b"HTTP/1.9", b"HTTP/2.0",
                    b"HTTP/0.9", b"HTTP/3.0", b"HTTP/1", b"HTTP/1.", b"HTTP/.1",
                    b"HTTP/1.1.1", b"HTTP/01.1", b"HTTP/1.01", b"HTTP/1.10",
                    b"HTTP/11", b"http/1.1", b"Http/1.1", b"HTP/1.1",
                    b"HTTPS/1.1", b"HTTP/1,1", b"HTTP/a.1", b"HTTP/1.a",
                    b"HTTP /1.1", b"HTTP/ 1.1", b"HTTP/1 .1", b"HTTP/-1.1",
                    b"HTTP/+1.1", b"HTTP", b"1.1", b"HTTP/1.1;", b"HTTP/1.1\0",
                    b"HTTP/1.1x", b"HTTP/99.9"):
        yield f"version {label(version)}", get(version=version)
    yield "request line without version", b"GET /\r\n" + HOST + b"\r\n"
    yield "request line without target", b"GET HTTP/1.1\r\n" + HOST + b"\r\n"
    yield "request line of a method", b"GET\r\n" + HOST + b"\r\n"
    yield "request line, two blanks before the target", \
        b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n"
    yield "request line, two blanks behind the target", \
        b"GET /  HTTP/1.1\r\n" + HOST + b"\r\n"
    yield "request line, blank at its end", \
        b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n"
    yield "request line, tab at its end", \
        b"GET / HTTP/1.1\t\r\n" + HOST + b"\r\n"
    yield "request line, word at its end", \
        b"GET / HTTP/1.1 x\r\n" + HOST + b"\r\n"
    yield "request line, tab before the target", \
        b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n"
    yield "request line, tab behind the target", \
        b"GET /\tHTTP/1.1\r\n" + HOST + b"\r\n"
    for byte in (0x0b, 0x0c, 0x0d, 0x00, 0xa0):
        yield f"request line, \\x{byte:02x} for its first blank", \
            b"GET" + bytes([byte]) + b"/ HTTP/1.1\r\n" + HOST + b"\r\n"
        yield f"request line, \\x{byte:02x} for its second blank", \
            b"GET /" + bytes([byte]) + b"HTTP/1.1\r\n" + HOST + b"\r\n"
    for count in (1, 2, 3):
        yield f"empty lines before it: {count}", b"\r\n" * count + get()
        yield f"bare LF before it: {count}", b"\n" * count + get()
    for lead in (b" ", b"\t", b"\r", b"\0", b"\r\r\n", b" \r\n", b"\x0b"):
        yield f"{label(lead)} before it", lead + get()
    yield "request line ended by a bare LF", b"GET / HTTP/1.1\n" + HOST + b"\r\n"
    yield "request line ended by a bare CR", b"GET / HTTP/1.1\r" + HOST + b"\r\n"
    yield "request line ended by NUL LF", \
        b"GET / HTTP/1.1\0\n" + HOST + b"\r\n"
    yield "request line ended by CR CR LF", \
        b"GET / HTTP/1.1\r\r\n" + HOST + b"\r\n"


def methods():
    for method in (b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"HEADER",
                   b"PROPFIND", b"M-SEARCH", b"QUERY", b"A", b"G" * 16,
                   b"get", b"Get", b"G_T", b"G1", b"1G", b"G.T", b"G!T",
                   b"G#T", b"G~T", b"G|T", b"G'T"):
        length = b"Content-Length: 0\r\n"
        yield f"method {label(method)}", get(method=method,
                                             fields=HOST + length)
    for byte in SEPARATORS + b":\x00\x01\x0b\x7f\x80\xff":
        yield f"method with \\x{byte:02x}", \
            get(method=b"G" + bytes([byte]) + b"T")
    yield "method, empty", b" / HTTP/1.1\r\n" + HOST + b"\r\n"


def targets():
    for target in (b"/a", b"/a/b/", b"/?", b"/?a", b"/?a=b&c=d", b"/a?b?c",
                   b"//a", b"///", b"/./a", b"/../a", b"/a/../..", b"/a;b=c",
                   b"/%41", b"/%2f", b"/%2F..", b"/%zz", b"/%", b"/%4",
                   b"/%00", b"/%0d%0a", b"/a%20b", b"/+", b"/:80", b"/@",
                   b"/$&'()*,=!~", b"/a#b", b"/#", b"/?a#b", b"/\"", b"/<a>",
                   b"/\\", b"/a\\..\\b", b"/^", b"/`", b"/{a}", b"/|",
                   b"/[a]", b"/?[]", b"/\x80", b"/\xc3\xa4", b"/\xff",
                   b"/?\xc3\xa4", b"/?%zz", b"a", b"a/b", b"?", b"?a", b"#",
                   b"*", b"*a", b"/*", b"http://a/", b"http://a", b"http://a?b",
                   b"HTTP://a/", b"http://a:80/", b"http://a:/", b"http://a:x/",
                   b"http:///", b"http://", b"http:/", b"http:a", b"http://u@a/",
                   b"http://u:p@a/", b"http://[::1]/", b"http://[::1/",
                   b"http://a b/", b"https://a/", b"ftp://a/", b"a:80",
                   b"://a/", b"1http://a/", b"/ /", b"/a b"):
        yield f"target {label(target)}", get(target)
    for byte in CONTROLS + [0x7f]:
        yield f"target with \\x{byte:02x}", get(b"/a" + bytes([byte]) + b"b")
    for length in (4000, 7000, 8000):
        yield f"target of {length} bytes", get(b"/" + b"a" * (length - 1))
        yield f"query of {length} bytes", get(b"/?" + b"a" * (length - 2))
    for length in (9000, 40000):
        yield f"target of {length} bytes", get(b"/" + b"a" * (length - 1))
    for count in (10, 118, 500, 1500, 3000):
        yield f"query of {count} arguments", get(b"/?" + b"a&" * count)
        yield f"query of {count} ampersands", get(b"/?" + b"&" * count)
    yield "OPTIONS *", get(b"*", method=b"OPTIONS")
    yield "CONNECT host", get(b"a:80", method=b"CONNECT")
    yield "CONNECT path", get(b"/", method=b"CONNECT")
    yield "TRACE", get(method=b"TRACE")


def fields():
    for byte in CONTROLS + [0x7f, 0x80, 0xff]:
        yield f"field value with \\x{byte:02x}", \
            get(fields=HOST + b"X: a" + bytes([byte]) + b"b\r\n")
        yield f"field name with \\x{byte:02x}", \
            get(fields=HOST + b"X" + bytes([byte]) + b"Y: a\r\n")
    for byte in SEPARATORS:
        yield f"field name with {chr(byte)}", \
            get(fields=HOST + b"X" + bytes([byte]) + b"Y: a\r\n")
    for byte in b"!#$%&'*+-.^_`|~":
        yield f"field name with token byte {chr(byte)}", \
            get(fields=HOST + b"X" + bytes([byte]) + b"Y: a\r\n")
    for name, line in (("blank before the colon", b"X : a\r\n"),
                       ("tab before the colon", b"X\t: a\r\n"),
                       ("blank in the name", b"X Y: a\r\n"),
                       ("no colon", b"X\r\n"),
                       ("no name", b": a\r\n"),
                       ("only a colon", b":\r\n"),
                       ("no value", b"X:\r\n"),
                       ("blank value", b"X: \t \r\n"),
                       ("no blank behind the colon", b"X:a\r\n"),
                       ("tab behind the colon", b"X:\ta\r\n"),
                       ("blanks round the value", b"X:   a  \t\r\n"),
                       ("tab in the value", b"X: a\tb\r\n"),
                       ("colon in the value", b"X: a:b\r\n"),
                       ("two of a name", b"X: a\r\nX: b\r\n"),
                       ("folded", b"X: a\r\n b\r\n"),
                       ("folded by a tab", b"X: a\r\n\tb\r\n"),
                       ("folded, empty", b"X: a\r\n \r\n"),
                       ("ended by a bare LF", b"X: a\nY: b\r\n"),
                       ("ended by a bare CR", b"X: a\rY: b\r\n"),
                       ("ended by NUL LF", b"X: a\0\nY: b\r\n"),
                       ("ended by CR CR LF", b"X: a\r\r\nY: b\r\n"),
                       ("CR in the value", b"X: a\rb\r\n"),
                       ("CR at the value's end", b"X: a\r \r\n"),
                       ("a second request line", b"GET /x HTTP/1.1\r\n"),
                       ("of 4,000 bytes", b"X: " + b"a" * 4000 + b"\r\n"),
                       ("of 7,000 bytes", b"X: " + b"a" * 7000 + b"\r\n"),
                       ("of 8,000 bytes", b"X: " + b"a" * 8000 + b"\r\n"),
                       ("of 40,000 bytes", b"X: " + b"a" * 40000 + b"\r\n"),
                       ("name of 1,000 bytes", b"X" * 1000 + b": a\r\n")):
        yield f"field, {name}", get(fields=HOST + line)
    yield "field, blank before the first", get(fields=b" X: a\r\n" + HOST)
    yield "field, first one folded", get(fields=b" \r\n" + HOST)
    for count in (50, 100):
        many = b"".join(b"X-%d: a\r\n" % i for i in range(count))
        yield f"fields, {count} of them", get(fields=HOST + many)
    for count, size in ((2, 100), (60, 40), (1, 4000), (1, 7000)):
        cookies = b"; ".join(b"c%d=%s" % (i, b"x" * size)
                             for i in range(count))
        yield f"cookies, {count} of {size} bytes", \
            get(fields=HOST + b"Cookie: " + cookies + b"\r\n")
    for value in (b";", b"=", b"a", b";;;", b"a=b;", b"a=\"b\"", b"a b=c"):
        yield f"cookie {label(value)}", \
            get(fields=HOST + b"Cookie: " + value + b"\r\n")
    yield "head ended by bare LF", b"GET / HTTP/1.1\r\nHost: a\r\n\n"
    yield "head of bare LF", b"GET / HTTP/1.1\nHost: a\n\n"
    yield "head ended by LF CR LF", b"GET / HTTP/1.1\r\nHost: a\n\r\n"


def hosts():
    yield "host, none", get(fields=b"")
    yield "host, none with HTTP/1.0", get(version=b"HTTP/1.0", fields=b"")
    yield "host, twice the same", get(fields=HOST + HOST)
    yield "host, two that differ", get(fields=HOST + b"Host: b\r\n")
    yield "host, two with HTTP/1.0", \
        get(version=b"HTTP/1.0", fields=HOST + b"Host: b\r\n")
    yield "host, twice in other case", get(fields=HOST + b"hOST: a\r\n")
    yield "host, other than the target's", get(b"http://b/", fields=HOST)
    yield "host, none with an absolute target", get(b"http://a/", fields=b"")
    for host in (b"", b"a:80", b"a:", b"a:x", b"a:80:80", b"a:-1", b"a b",
                 b"a,b", b"a/b", b"a\\b", b"a@b", b"a?b", b"a#b", b"http://a",
                 b"[::1]", b"[::1]:80", b"[::1", b"::1", b"[::1]x", b"[]",
                 b"127.0.0.1", b"a_b", b"a-b.c", b"a.", b".a", b"..", b"a..b",
                 b"%41", b"a%", b"*", b"a\x80", b"\xc3\xa4", b"a\x01b", b"a\0b",
                 b"a\"", b"a<b", b"a|b", b"a'b", b"a;b", b"a=b", b"a" * 255):
        yield f"host {label(host)}", get(fields=b"Host: " + host + b"\r\n")


def lengths():
    body = b"hello"
    for value in (b"5", b"05", b"0000000005", b"5 ", b" 5", b"5\t", b"\t5",
                  b"+5", b"-5", b"0x5", b"5.0", b"5e0", b"5,5", b"5, 5",
                  b"5,6", b"5;", b"5 5", b"", b" ", b"a", b"5a", b"a5", b"'5'",
                  b"\"5\"", b"-0", b"18446744073709551616",
                  b"18446744073709551621", b"9223372036854775808",
                  b"99999999999999999999999999", b"5\x0b", b"5\0", b"\xb25"):
        yield f"length {label(value)}", \
            post(b"Content-Length: " + value + b"\r\n", body)
    yield "length, twice the same", post(b"Content-Length: 5\r\n" * 2, body)
    yield "length, two that differ", \
        post(b"Content-Length: 5\r\nContent-Length: 6\r\n", body)
    yield "length, none", post(b"", b"")
    yield "length of 0", post(b"Content-Length: 0\r\n", b"")
    yield "length with a GET", get(fields=HOST + b"Content-Length: 5\r\n") + body
    yield "length with a DELETE", \
        get(method=b"DELETE", fields=HOST + b"Content-Length: 5\r\n") + body
    yield "length with HTTP/1.0", \
        post(b"Content-Length: 5\r\n", body, b"HTTP/1.0")
    yield "length, blank before the colon", \
        post(b"Content-Length : 5\r\n", body)
    yield "length, folded", post(b"Content-Length:\r\n 5\r\n", body)
    yield "length, underscore", post(b"Content_Length: 5\r\n", b"")
    yield "length of 65536", \
        post(b"Content-Length: 65536\r\n", b"x" * 65536)


def codings():
    whole = b"5\r\nhello\r\n0\r\n\r\n"
    for value in (b"chunked", b"Chunked", b"CHUNKED", b" chunked", b"chunked ",
                  b"chunked\t", b"\tchunked", b"chunked, chunked", b"chunked,",
                  b",chunked", b"gzip, chunked", b"chunked, gzip",
                  b"identity, chunked", b"chunked, identity", b"identity",
                  b"gzip", b"xchunked", b"chunkedx", b"chunke", b"\"chunked\"",
                  b"'chunked'", b"chunked;q=1", b"chunked;", b"", b" ",
                  b"chunked\x0b", b"\x0bchunked", b"chunked\0", b"chunked\x80",
                  b"chunked chunked", b"x, chunked"):
        yield f"coding {label(value)}", \
            chunked(whole, b"Transfer-Encoding: " + value + b"\r\n")
    field, length = b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n"
    yield "coding, twice chunked", chunked(whole, field * 2)
    yield "coding, two fields that differ", \
        chunked(whole, field + b"Transfer-Encoding: gzip\r\n")
    yield "coding, two fields, gzip first", \
        chunked(whole, b"Transfer-Encoding: gzip\r\n" + field)
    yield "coding and length", chunked(whole, field + length)
    yield "length and coding", chunked(whole, length + field)
    yield "identity and length", \
        post(b"Transfer-Encoding: identity\r\n" + length, b"hello")
    yield "coding with HTTP/1.0", chunked(whole, version=b"HTTP/1.0")
    yield "coding, blank before the colon", \
        chunked(whole, b"Transfer-Encoding : chunked\r\n")
    yield "coding, tab before the colon", \
        chunked(whole, b"Transfer-Encoding\t: chunked\r\n")
    yield "coding, folded", chunked(whole, b"Transfer-Encoding:\r\n chunked\r\n")
    yield "coding with a GET", get(fields=HOST + field) + whole
    yield "coding, underscore", \
        post(b"Transfer_Encoding: chunked\r\nContent-Length: 5\r\n", b"hello")


def chunks():
    yield "chunks, one", chunked(b"5\r\nhello\r\n0\r\n\r\n")
    yield "chunks, none", chunked(b"0\r\n\r\n")
    yield "chunks, three", \
        chunked(b"1\r\nh\r\n3\r\nell\r\n1\r\no\r\n0\r\n\r\n")
    yield "chunks, 1,000 of a byte", \
        chunked(b"1\r\nx\r\n" * 1000 + b"0\r\n\r\n")
    for size in (b"05", b"0000000000000005", b"00000000000000005", b"5 ",
                 b"5\t", b" 5", b"\t5", b"0x5", b"+5", b"-5", b"5.", b"g",
                 b"", b"5g", b"5h", b"\0" b"5", b"5\0", b"5\x0b", b"5\r",
                 b"\xb2", b"FFFFFFFFFFFFFFFF", b"10000000000000005",
                 b"ffffffffffffffffffff", b"5,", b"5=", b"5:", b"5/"):
        yield f"chunk size {label(size)}", \
            chunked(size + b"\r\nhello\r\n0\r\n\r\n")
    yield "chunk size a", chunked(b"a\r\n0123456789\r\n0\r\n\r\n")
    yield "chunk size A", chunked(b"A\r\n0123456789\r\n0\r\n\r\n")
    for extension in (b";", b";a", b";a=b", b"; a", b" ;a", b" ; a = b",
                      b";a=\"b\"", b";a=\"b;c\"", b";a=\"\\\"\"", b";a;b;c",
                      b";=", b";a=", b";;", b";a\x00b", b";a\x01b", b";a\x0bb",
                      b";a\x7fb", b";a\x80b", b";a\tb", b";a\rb", b";a=\"",
                      b";a=\"\r\n\"", b";" + b"a" * 200):
        yield f"chunk extension {label(extension)}", \
            chunked(b"5" + extension + b"\r\nhello\r\n0\r\n\r\n")
        yield f"last chunk's extension {label(extension)}", \
            chunked(b"5\r\nhello\r\n0" + extension + b"\r\n\r\n")
    yield "chunk extension of 20,000 bytes", \
        chunked(b"5;" + b"a" * 20000 + b"\r\nhello\r\n0\r\n\r\n")
    for name, body in (("size ended by LF", b"5\nhello\r\n0\r\n\r\n"),
                       ("size ended by CR", b"5\rhello\r\n0\r\n\r\n"),
                       ("size ended by CR CR LF", b"5\r\r\nhello\r\n0\r\n\r\n"),
                       ("size ended by NUL LF", b"5\0\nhello\r\n0\r\n\r\n"),
                       ("extension ended by LF", b"5;a\nhello\r\n0\r\n\r\n"),
                       ("data ended by LF", b"5\r\nhello\n0\r\n\r\n"),
                       ("data ended by CR", b"5\r\nhello\r0\r\n\r\n"),
                       ("data ended by nothing", b"5\r\nhello0\r\n\r\n"),
                       ("data ended by two bytes", b"5\r\nhelloXX0\r\n\r\n"),
                       ("data ended by CR X", b"5\r\nhello\rX0\r\n\r\n"),
                       ("data too long", b"5\r\nhelloo\r\n0\r\n\r\n"),
                       ("data too short", b"5\r\nhell\r\n0\r\n\r\n"),
                       ("an empty line first", b"\r\n5\r\nhello\r\n0\r\n\r\n"),
                       ("an empty line between",
                        b"5\r\nhello\r\n\r\n0\r\n\r\n"),
                       ("last ended by LF", b"5\r\nhello\r\n0\n\r\n"),
                       ("last ended by LF LF", b"5\r\nhello\r\n0\n\n"),
                       ("last ended by CR LF LF", b"5\r\nhello\r\n0\r\n\n"),
                       ("last of several zeros", b"5\r\nhello\r\n000\r\n\r\n"),
                       ("last of 0x0", b"5\r\nhello\r\n0x0\r\n\r\n"),
                       ("last of -0", b"5\r\nhello\r\n-0\r\n\r\n"),
                       ("all of bare LF", b"2\nhi\n0\n\n")):
        yield f"chunk, {name}", chunked(body)


def trailers():
    for name, trailer in (("one", b"X: a\r\n"),
                          ("two", b"X: a\r\nY: b\r\n"),
                          ("no blank", b"X:a\r\n"),
                          ("empty value", b"X:\r\n"),
                          ("no colon", b"X\r\n"),
                          ("no name", b": a\r\n"),
                          ("blank in the name", b"X Y: a\r\n"),
                          ("blank before the colon", b"X : a\r\n"),
                          ("tab before the colon", b"X\t: a\r\n"),
                          ("blank before the name", b" X: a\r\n"),
                          ("folded", b"X: a\r\n b\r\n"),
                          ("bare LF", b"X: a\n"),
                          ("bare CR", b"X: a\rY: b\r\n"),
                          ("NUL in the value", b"X: a\0b\r\n"),
                          ("NUL LF", b"X: a\0\nY: b\r\n"),
                          ("control in the name", b"X\x01: a\r\n"),
                          ("control in the value", b"X: a\x01b\r\n"),
                          ("separator in the name", b"X(: a\r\n"),
                          ("length", b"Content-Length: 5\r\n"),
                          ("coding", b"Transfer-Encoding: chunked\r\n"),
                          ("host", b"Host: b\r\n"),
                          ("request line", b"GET /x HTTP/1.1\r\n"),
                          ("106 of them", b"X: a\r\n" * 106)):
        yield f"trailer, {name}", \
            chunked(b"5\r\nhello\r\n0\r\n" + trailer + b"\r\n")


def connections():
    for value in (b"keep-alive", b"Keep-Alive", b"close", b"Close", b"CLOSE",
                  b"close, keep-alive", b"keep-alive, close", b"TE", b"x",
                  b"", b",", b" close", b"close ", b"x, close", b"closed",
                  b"Upgrade", b"\"close\""):
        yield f"connection {label(value)}", \
            get(fields=HOST + b"Connection: " + value + b"\r\n")
        yield f"connection {label(value)} with HTTP/1.0", \
            get(version=b"HTTP/1.0",
                fields=HOST + b"Connection: " + value + b"\r\n")
    yield "connection, two fields", \
        get(fields=HOST + b"Connection: x\r\nConnection: close\r\n")
    yield "upgrade to websocket, not offered", \
        get(fields=HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n")
    yield "upgrade to h2c", \
        get(fields=HOST + b"Connection: Upgrade, HTTP2-Settings\r\n"
            b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n")
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    yield "TLS hello", bytes.fromhex("16030100a5010000a10303") + b"x" * 40
    for value in (b"100-continue", b"100-Continue", b"x", b"", b"200-ok"):
        yield f"expect {label(value)} with a body", \
            post(b"Content-Length: 5\r\nExpect: " + value + b"\r\n", b"hello")
        yield f"expect {label(value)} without a body", \
            get(fields=HOST + b"Expect: " + value + b"\r\n")
    yield "pipelined, three", get(b"/1") + get(b"/2") + get(b"/3")
    yield "pipelined, a hundred", get(b"/1") * 100
    yield "pipelined, second one bad", get(b"/1") + b"GET / HTTP/1.1 x\r\n\r\n"
    yield "pipelined, behind a body", \
        post(b"Content-Length: 5\r\n", b"hello") + get(b"/2")
    yield "pipelined, behind chunks", \
        chunked(b"5\r\nhello\r\n0\r\n\r\n") + get(b"/2")
    yield "pipelined, empty line between", get(b"/1") + b"\r\n" + get(b"/2")
    yield "pipelined, LF between", get(b"/1") + b"\n" + get(b"/2")
    yield "pipelined, junk between", get(b"/1") + b"junk\r\n" + get(b"/2")
    yield "HEAD", get(method=b"HEAD")
    yield "HEAD with a body", \
        get(method=b"HEAD", fields=HOST + b"Content-Length: 5\r\n") + b"hello"


def all_requests():
    """Name -> bytes; each name once."""
    requests = {}
    for group in (request_lines, methods, targets, fields, hosts, lengths,
                  codings, chunks, trailers, connections):
        for name, request in group():
            if name in requests:
                raise ValueError(f"two requests '{name}'")
            requests[name] = request
    return requests
