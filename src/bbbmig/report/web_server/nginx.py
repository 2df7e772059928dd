"""nginx plays the mirror at the addresses of the old server.

Modelled on BigBlueButton's own snippets (https://github.com/bigbluebutton/bigbluebutton: record-and-playback/*/scripts/
*.nginx), with 404 for all that is not there: the player asks for files that most recordings lack, and ends where it
gets a page instead.
"""

from bbbmig.report.web_server.site import UNPROTECTED, Site, wrapped


def block(site: Site) -> str:
    """Return the server block."""
    allowed = "".join(f"    allow {network};\n" for network in site.allow)
    access = f"{allowed}    deny all;\n" if site.allow else "    # allow 10.0.0.0/8; deny all;\n"
    includes = f"include {site.redirects};\n\n" if site.redirects else ""
    moved = "\n    if ($bbbmig_target) { return 302 $bbbmig_target; }  # what is in Pod now\n" if site.redirects else ""
    return _BLOCK.format(
        attention="\n".join(f"# {line}" for line in wrapped(UNPROTECTED)),
        includes=includes,
        host=site.host,
        root=site.root,
        access=access,
        moved=moved,
    )


_BLOCK = """\
# nginx plays the mirror of bbbmig. Save it as /etc/nginx/conf.d/bbb-mirror.conf, then:
#     nginx -t && systemctl reload nginx
#
{attention}

{includes}server {{
    listen 80;
    # listen 443 ssl; ssl_certificate /etc/ssl/…; ssl_certificate_key /etc/ssl/…;
    server_name {host};
    root "{root}";
{access}
    include /etc/nginx/mime.types;
    types {{ text/vtt vtt; video/mp4 m4v; }}
    gzip on;
    gzip_types image/svg+xml application/json text/xml application/xml text/vtt text/plain;
{moved}
    location ~ /\\. {{ return 404; }}  # bbbmig's own

    # links of BigBlueButton before 2.3, and those of a protected Scalelite, whose tokens count no more
    location = /playback/presentation/playback.html       {{ return 301 /playback/presentation/2.3/$arg_meetingId; }}
    location = /playback/presentation/2.0/playback.html   {{ return 301 /playback/presentation/2.3/$arg_meetingId; }}
    location = /playback/presentation/0.9.0/playback.html {{ return 301 /playback/presentation/2.3/$arg_meetingId; }}
    location = /playback/presentation/0.81/playback.html  {{ return 301 /playback/presentation/2.3/$arg_meetingId; }}
    location ~ ^/recording/([^/]+)/presentation$ {{ return 302 /playback/presentation/2.3/$1; }}
    location ~ ^/recording/([^/]+)/video$        {{ return 302 /playback/video/$1/; }}
    location ~ ^/recording/([^/]+)/screenshare$  {{ return 302 /recording/screenshare/$1/; }}
    location ~ ^/recording/([^/]+)/podcast$      {{ return 302 /podcast/$1/audio.ogg; }}
    location ~ ^/recording/([^/]+)/notes$        {{ return 302 /notes/$1/notes.pdf; }}

    # the player, and the files that it asks for: 404 for what is missing, never a page
    location ^~ /playback/presentation/2.3    {{ try_files $uri /playback/presentation/2.3/index.html =404; }}
    location ^~ /playback/video/              {{ alias "{root}/video/"; index index.html; }}
    location ^~ /recording/screenshare/       {{ alias "{root}/screenshare/"; index index.html; }}
    location ~ ^/(presentation|podcast|notes)/  {{ try_files $uri =404; }}
    location ~ ^/(video|screenshare)/           {{ try_files $uri $uri/index.html =404; }}
    location / {{ return 404; }}
}}
"""
