@echo off
rem Runs Graft on Windows: builds it when it is not built yet, and passes the flags that the fast
rem backends want. The counterpart of the script graft; written with care, but not tested.
rem
rem   GRAFT_JAVA       the Java to use: its home folder; otherwise JAVA_HOME, otherwise the path's
rem   GRAFT_JAVA_OPTS  further flags for the JVM, such as -Xmx8g
rem   GRAFT_GC         the flag that chooses the garbage collector
setlocal EnableExtensions DisableDelayedExpansion

set "root=%~dp0"
set "jar=%root%cli\target\graft\graft.jar"

set "home=%GRAFT_JAVA%"
if not defined home set "home=%JAVA_HOME%"
set "java=java"
if defined home set "java=%home%\bin\java.exe"
if defined home if not exist "%java%" (
  echo error: %home% holds no bin\java.exe; set GRAFT_JAVA or JAVA_HOME to the folder of a JDK 17 or later 1>&2
  exit /b 1
)
if not defined home (
  where java >nul 2>nul || (
    echo error: Java 17 or later is needed and none was found; install a JDK, or set JAVA_HOME to its folder 1>&2
    exit /b 1
  )
)

set "version="
for /f "tokens=3" %%v in ('""%java%" -version 2^>^&1" ^| findstr /c:" version "') do if not defined version set "version=%%~v"
for /f "delims=.-+" %%v in ("%version%") do set "major=%%v"
set /a major=major 2>nul
if %major% LSS 17 (
  echo error: Java 17 or later is needed, found %version%; set JAVA_HOME to the folder of a newer one 1>&2
  exit /b 1
)

if not exist "%jar%" (
  echo building Graft, first run only... 1>&2
  pushd "%root%" || exit /b 1
  call mvnw.cmd -B -q -ntp -DskipTests -pl cli -am package 1>&2
  popd
)
if not exist "%jar%" (
  echo error: the build left no %jar%; see above 1>&2
  exit /b 1
)

set "gc=%GRAFT_GC%"
if not defined gc set "gc=-XX:+UseSerialGC"
set "flags=-Djava.awt.headless=true %gc% -XX:MaxNewSize=32m"
set "computes="
for %%c in (demo train distill replay evaluate data rank race compare units predict embed serve run verify convert backends) do if "%~1"=="%%c" set "computes=yes"
if defined computes set "flags=%flags% --add-modules jdk.incubator.vector"
if %major% GEQ 22 set "flags=%flags% --enable-native-access=ALL-UNNAMED"

"%java%" %flags% %GRAFT_JAVA_OPTS% -jar "%jar%" %*
exit /b %ERRORLEVEL%
